// An Express application as its users write one: `node server.js PORT SITE`. What it answers beyond that is Express's own
// doing, or that of the middleware which its documentation recommends.
"use strict";

const compression = require("compression");
const express = require("express");
const basicAuth = require("express-basic-auth");
const { rateLimit } = require("express-rate-limit");

const [port, site] = process.argv.slice(2);
const notes = new Map();
const app = express();

app.use(compression({ threshold: 100 }));

app
  .route("/scratch/:name")
  .get((request, response) => {
    if (!notes.has(request.params.name)) return response.sendStatus(404);
    return response.type("text/plain").send(notes.get(request.params.name));
  })
  .put(express.raw({ type: () => true }), (request, response) => {
    const isNew = !notes.has(request.params.name);
    notes.set(request.params.name, request.body ?? Buffer.alloc(0));
    response.status(isNew ? 201 : 204).end();
  })
  .delete((request, response) => response.sendStatus(notes.delete(request.params.name) ? 204 : 404));

app.get("/secret", basicAuth({ users: { alice: "wonderland" }, challenge: true, realm: "secret" }), (request, response) =>
  response.type("text/plain").send("Down the rabbit-hole"),
);

app.post("/form", express.urlencoded(), (request, response) => response.redirect(303, "/file.txt"));
app.post("/job", (request, response) => response.status(202).send("It is being worked on"));
app.post("/reset", (request, response) => response.sendStatus(205));
app.post("/upload", express.text({ type: () => true, limit: 1000 }), (request, response) => response.send("Thanks"));
app.post("/json", express.json(), (request, response) => response.json(request.body));

for (const [path, code] of Object.entries({ "moved-for-good": 301, "moved-for-now": 302, elsewhere: 307, renamed: 308 }))
  app.all(`/${path}`, (request, response) => response.redirect(code, "/file.txt"));

for (const [path, code] of Object.entries({ paid: 402, hidden: 403, gone: 410 }))
  app.get(`/${path}`, (request, response) => response.sendStatus(code));

app.get("/censored", (request, response) =>
  response.status(451).links({ "blocked-by": "https://law.example/" }).send("Unavailable because of a court's order."),
);

// The page in the media type that is preferred, or 406
app.get("/page", (request, response) =>
  response.format({
    "text/html": () => response.sendFile("page.html", { root: site }),
    "text/plain": () => response.sendFile("page.txt", { root: site }),
  }),
);

// A limit of none, so that the first request shows it
app.get("/calm", rateLimit({ limit: 0, standardHeaders: "draft-8" }), (request, response) => response.send("Never"));
app.get("/maintenance", (request, response) => response.set("Retry-After", "120").sendStatus(503));
app.get("/hints", (request, response) => {
  response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  response.send("Hinted at");
});
app.get("/broken", () => {
  throw new Error("what nobody thought of");
});

// fallthrough: false, as documented, so that what can't be done with a file is answered here
app.use(express.static(site, { fallthrough: false }));

app.listen(Number(port), "127.0.0.1");
