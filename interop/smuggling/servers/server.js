// `node server.js PORT SEEN`: Node's http module noting each request in the file SEEN, those that it refuses, too.
"use strict";

const fs = require("node:fs");
const http = require("node:http");

const [port, file] = process.argv.slice(2);

function note(socket, status, line) {
  fs.appendFileSync(file, `${socket.remotePort} ${status} ${line}\n`, "latin1");
}

const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  note(request.socket, 0, `${request.method} ${request.url} HTTP/${request.httpVersion}`);
  const answer = () => {
    response.setHeader("X-Target", request.url);
    response.end("seen\n");
  };
  if (request.url.includes("/early")) answer();
  else request.on("end", answer).resume();
});
// As Node does where nobody listens; the request is no other event
server.on("checkExpectation", (request, response) => {
  note(request.socket, 417, `${request.method} ${request.url} HTTP/${request.httpVersion}`);
  response.setHeader("X-Target", request.url);
  response.writeHead(417);
  response.end();
});
server.on("clientError", (error, socket) => {
  // A connection that ends is no request that was refused; and each piece of one that was may come here
  const isRefused = error.code?.startsWith("HPE_") && error.code !== "HPE_INVALID_EOF_STATE";
  if (isRefused && !socket.wasRefused) note(socket, 400, error.code);
  socket.wasRefused = true;
  if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
});
server.listen(Number(port), "127.0.0.1");
