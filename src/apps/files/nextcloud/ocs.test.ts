import { expect, test } from "bun:test";
import { AppError } from "#platform/errors";
import { ocsAnswer, ocsError, ocsFailure } from "./ocs.ts";

const data = { list: ["a", "b"], none: [], map: {}, yes: true, no: false, nothing: null, left: undefined, text: "<&>" };

test("JSON is compact, keeps maps and lists apart, and leaves out what is undefined", async () => {
  const text = await ocsAnswer({ version: 2, isJson: true }, data).text();
  expect(text).toBe(
    '{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"list":["a","b"],"none":[],"map":{},' +
      '"yes":true,"no":false,"nothing":null,"text":"<&>"}}}',
  );
});

test("XML calls the parts of a list element, writes 1 for true, and escapes", async () => {
  const text = await ocsAnswer({ version: 1, isJson: false }, data).text();
  expect(text).toContain("<statuscode>100</statuscode>");
  expect(text).toContain(
    "<list><element>a</element><element>b</element></list><none/><map/><yes>1</yes><no/><nothing/>",
  );
  expect(text).toContain("<text>&lt;&amp;&gt;</text>");
});

test("a failure keeps its status, and a missing login asks for one", async () => {
  const form = { version: 2, isJson: true } as const;
  expect(ocsFailure(form, 404, 998, "Invalid query").status).toBe(404);
  const refused = ocsError(form, new AppError("unauthenticated"));
  expect(refused.headers.get("www-authenticate")).toContain("Basic");
  expect(await refused.text()).toContain('"statuscode":997');
});
