// The pull protocol for Node: run(obey), where obey(request, seconds, trust) makes one request and gives {status, content}.
// What it throws is its failure; a status known by then is thrown with it, as error.began.
import http from "node:http";

const ask = (method, last, content = "") => new Promise((resolve, reject) => {
  const headers = {Connection: "close", "Content-Length": Buffer.byteLength(content)};
  const asked = http.request(`${process.argv[2]}/${last}`, {method, headers, agent: false}, (response) => {
    const pieces = [];
    response.on("data", (piece) => pieces.push(piece));
    response.on("end", () => resolve({status: response.statusCode, content: Buffer.concat(pieces).toString()}));
  });
  asked.on("error", reject);
  asked.end(content);
});

export const run = async (obey) => {
  for (;;) {
    const next = await ask("GET", "next");
    if (next.status !== 200) break;
    const one = JSON.parse(next.content);
    const results = [];
    for (const request of one.requests) {
      try {
        const {status, content} = await obey(request, one.seconds, one.trust);
        results.push({status, content: Buffer.from(content).toString("latin1"), error: null});
      } catch (error) {
        const why = `${error} ${error.cause ?? ""}`.trim();
        results.push({status: error.began ?? error.response?.status ?? null, content: null, error: why});
      }
    }
    await ask("POST", "report", JSON.stringify({id: one.id, results}));
  }
  process.exit(0);
};

process.on("uncaughtException", (error) => console.error(error));
