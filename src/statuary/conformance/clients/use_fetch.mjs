// Node's own fetch
import { run } from "./pull_loop.mjs";

run(async (request, seconds) => {
  const headers = request.fields.slice();
  if (request.credentials) headers.push(["Authorization", `Basic ${btoa(request.credentials.join(":"))}`]);
  const body = request.content === null ? undefined : Buffer.from(request.content, "latin1");
  const options = {method: request.method, headers, body, signal: AbortSignal.timeout(seconds * 1000)};
  if (request.unsized) Object.assign(options, {body: new Blob([body]).stream(), duplex: "half"});
  const response = await fetch(request.url, options);
  try {
    return {status: response.status, content: await response.arrayBuffer()};
  } catch (error) {
    throw Object.assign(error, {began: response.status});
  }
});
