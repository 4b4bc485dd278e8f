// Node's http module without a framework: `node server.js PORT SITE`. What a short program on it does is here; framing,
// limits, time-outs, 100 and 408, 431 and the answers to malformed requests are Node's own.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");
const { WebSocketServer } = require("ws");

const [port, site] = process.argv.slice(2);
const types = { ".html": "text/html", ".txt": "text/plain" };
const notes = new Map();
const paths = new Map(); // path -> method -> handler

function on(method, target, handler) {
  if (!paths.has(target)) paths.set(target, {});
  paths.get(target)[method] = handler;
}

function end(response, code, fields = {}, content = `${http.STATUS_CODES[code]}\n`) {
  if (code === 204 || code === 205 || code === 304) content = "";
  else if (!("Content-Type" in fields)) fields["Content-Type"] = "text/plain";
  if (code !== 204 && code !== 304) fields["Content-Length"] = Buffer.byteLength(content);
  response.writeHead(code, fields);
  response.end(response.req.method === "HEAD" ? undefined : content);
}

async function contentOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

for (const [target, code] of [["/moved-for-good", 301], ["/moved-for-now", 302], ["/elsewhere", 307], ["/renamed", 308]])
  on("GET", target, (request, response) => end(response, code, { Location: "/file.txt" }));

for (const [target, code] of [["/paid", 402], ["/hidden", 403], ["/gone", 410]])
  on("GET", target, (request, response) => end(response, code));

on("GET", "/censored", (request, response) =>
  end(response, 451, { Link: '<https://law.example/>; rel="blocked-by"' }, "Unavailable because of a court's order.\n"),
);
on("GET", "/calm", (request, response) => end(response, 429, { "Retry-After": 60 }));
on("GET", "/maintenance", (request, response) => end(response, 503, { "Retry-After": 120 }));

on("GET", "/secret", (request, response) => {
  const [, credentials] = /^basic +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (Buffer.from(credentials ?? "", "base64").toString() === "alice:wonderland")
    return end(response, 200, {}, "Down the rabbit-hole\n");
  return end(response, 401, { "WWW-Authenticate": 'Basic realm="secret"' });
});

on("POST", "/form", async (request, response) => {
  await contentOf(request);
  end(response, 303, { Location: "/file.txt" });
});
on("POST", "/job", async (request, response) => {
  await contentOf(request);
  end(response, 202, {}, "It is being worked on\n");
});
on("POST", "/reset", async (request, response) => {
  await contentOf(request);
  end(response, 205);
});
on("POST", "/upload", async (request, response) => {
  let octets = 0;
  for await (const part of request) {
    octets += part.length;
    if (octets > 1000) return end(response, 413, { Connection: "close" });
  }
  return end(response, 200, {}, `${octets} octets\n`);
});

on("GET", "/hints", (request, response) => {
  response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  end(response, 200, {}, "Hinted at\n");
});

on("GET", "/page", (request, response) => {
  const content = fs.readFileSync(path.join(site, "page.txt"));
  if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? ""))
    return end(response, 200, { Vary: "Accept-Encoding" }, content);
  return end(response, 200, { Vary: "Accept-Encoding", "Content-Encoding": "gzip" }, zlib.gzipSync(content));
});

// Asked for without its protocol
on("GET", "/echo", (request, response) => end(response, 426, { Upgrade: "websocket", Connection: "Upgrade" }));

on("GET", "/broken", () => {
  throw new Error("what nobody thought of");
});

const noteHandlers = {
  GET: (request, response, name) => {
    if (!notes.has(name)) return end(response, 404);
    return end(response, 200, { "Content-Type": "text/plain" }, notes.get(name));
  },
  PUT: async (request, response, name) => {
    const content = await contentOf(request);
    const isNew = !notes.has(name);
    notes.set(name, content);
    end(response, isNew ? 201 : 204);
  },
  DELETE: (request, response, name) => end(response, notes.delete(name) ? 204 : 404),
};

const fileHandlers = {
  GET: (request, response, name) => {
    // The URL parser has removed any ".." by now
    const file = path.join(site, name.endsWith("/") ? `${name}index.html` : name);
    const about = fs.statSync(file, { throwIfNoEntry: false });
    if (!about) return end(response, 404);
    if (about.isDirectory()) return end(response, 301, { Location: `${name}/` });
    const type = types[path.extname(file)] ?? "application/octet-stream";
    return end(response, 200, { "Content-Type": type }, fs.readFileSync(file));
  },
};

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const note = /^\/scratch\/([^/]+)$/.exec(pathname);
  const handlers = note ? noteHandlers : (paths.get(pathname) ?? fileHandlers);
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (!http.METHODS.includes(method)) return end(response, 501);
  if (!(method in handlers)) {
    const allowed = Object.keys(handlers).flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each]));
    return end(response, 405, { Allow: allowed.join(", ") });
  }
  return handlers[method](request, response, note ? note[1] : pathname);
}

const server = http.createServer(
  { headersTimeout: 3000, requestTimeout: 3000, connectionsCheckingInterval: 500 },
  (request, response) => answer(request, response).catch(() => end(response, 500)),
);

new WebSocketServer({ server, path: "/echo" }).on("connection", (webSocket) => {
  webSocket.on("message", (message) => webSocket.send(message));
  webSocket.on("error", () => webSocket.terminate());
});

server.listen(Number(port), "127.0.0.1");
