// `node run.mjs PACKAGE URL`: the tests in the folder of http-cache-tests, on the cache at URL. Prints what each test is, and
// what the package says that came of it.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, base] = process.argv.slice(2);
const from = (path) => import(pathToFileURL(`${folder}/${path}`));
const fetch = createRequire(pathToFileURL(`${folder}/cli.mjs`))("node-fetch");

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
