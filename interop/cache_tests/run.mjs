// `node run.mjs PACKAGE URL [PROXY]`: the tests in the folder of http-cache-tests, on the cache at URL, or on that of a proxy in
// front of it. Prints what each test is, and what the package says that came of it.
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, base, proxy] = process.argv.slice(2);
const from = (path) => import(pathToFileURL(`${folder}/${path}`));
const nodeFetch = createRequire(pathToFileURL(`${folder}/cli.mjs`))("node-fetch");

class ProxyAgent extends Agent {
  addRequest(request, options) {
    const { hostname, port } = new URL(proxy);
    request.path = `${base}${request.path}`; // absolute form
    super.addRequest(request, { ...options, host: hostname, port });
  }
}
const agent = proxy && new ProxyAgent();
const fetch = proxy ? (url, options) => nodeFetch(url, { ...options, agent }) : nodeFetch;

const { runTests, getResults } = await from("client/runner.mjs");
const { determineTestResult } = await from("lib/display.mjs");
const suites = (await from("tests/index.mjs")).default;
// Its signs, in words
const verdicts = {
  "✅": "pass", "⛔️": "fail", "⚠️": "suboptimal", Y: "yes", N: "no",
  "🔹": "not set up", "⁉️": "harness error", "⚪️": "depends", "↻": "retried", "-": "not run",
};

await runTests(suites, fetch, false, base);
const results = getResults();
const told = suites.flatMap((suite) =>
  suite.tests
    .filter((test) => test.id in results)
    .map((test) => ({
      id: test.id,
      name: test.name,
      suite: suite.name,
      kind: test.kind ?? "required",
      verdict: verdicts[determineTestResult(suites, test.id, results)[2]],
      says: results[test.id] === true ? "" : results[test.id][1],
    })),
);
console.log(JSON.stringify(told));
