// got, with its usual retries, every status taken as an answer
import got from "got";
import { run } from "./pull_loop.mjs";

run(async (request, seconds) => {
  const [username, password] = request.credentials ?? [];
  const response = await got(request.url, {
    method: request.method,
    headers: Object.fromEntries(request.fields),
    body: request.content === null ? undefined : Buffer.from(request.content, "latin1"),
    ...(request.credentials ? {username, password} : {}),
    timeout: {request: seconds * 1000},
    responseType: "buffer",
    throwHttpErrors: false,
  });
  return {status: response.statusCode, content: response.rawBody};
});
