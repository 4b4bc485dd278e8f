// axios over Node's http, every status taken as an answer
import axios from "axios";
import { run } from "./pull_loop.mjs";

run(async (request, seconds) => {
  const [username, password] = request.credentials ?? [];
  const response = await axios.request({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.fields),
    data: request.content === null ? undefined : Buffer.from(request.content, "latin1"),
    auth: request.credentials ? {username, password} : undefined,
    timeout: seconds * 1000,
    responseType: "arraybuffer",
    proxy: false,
    validateStatus: () => true,
  });
  return {status: response.status, content: response.data};
});
