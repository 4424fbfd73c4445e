package main

import (
	"fmt"
	"strings"
)

const tsHead = `// A client of Laurel's own API. Written by scripts/clients from /openapi.json; do not edit.
// It needs fetch: a browser, Node 18 or later, Deno, Bun.

/** What a Laurel server says when it cannot do something (RFC 9457). */
export class LaurelProblem extends Error {
  constructor(readonly status: number, readonly problem: Partial<Problem>) {
    super(problem.detail || problem.title || "the server answered " + status);
    this.name = "LaurelProblem";
  }
}

/** An answer with the version it has, which a change sends back as ifMatch. */
export interface Answer<T> { data: T; etag: string }

type Query = Record<string, string | undefined>;

`

const tsClass = `/** The API of one server, with one API key. */
export class Laurel {
  constructor(readonly base: string, private readonly key = "", private readonly http: typeof fetch = (i, o) => fetch(i, o)) {
    this.base = base.replace(/\/+$/, "");
  }

  private async send(method: string, path: string, query: Query, headers: Record<string, string | undefined>, body?: BodyInit): Promise<Response> {
    const q = new URLSearchParams();
    for (const [k, v] of Object.entries(query)) if (v !== undefined) q.set(k, v);
    const h = new Headers();
    for (const [k, v] of Object.entries(headers)) if (v !== undefined) h.set(k, v);
    if (this.key) h.set("Authorization", "Bearer " + this.key);
    const text = q.toString();
    const answer = await this.http(this.base + path + (text ? "?" + text : ""), { method, headers: h, body });
    if (answer.ok) return answer;
    let problem: Partial<Problem> = {};
    try { problem = await answer.json(); } catch { /* not a problem document */ }
    throw new LaurelProblem(answer.status, problem);
  }

  /** Every item of a list, page after page: for await (const a of laurel.every(q => laurel.listAwards(q), { state: "issued" })). */
  async *every<T>(read: (query: Query) => Promise<{ items: T[]; next?: string }>, query: Query = {}): AsyncGenerator<T> {
    for (;;) {
      const page = await read(query);
      yield* page.items;
      if (!page.next) return;
      query = Object.fromEntries(new URL(page.next).searchParams);
    }
  }
`

func typescript(d description) string {
	var b strings.Builder
	b.WriteString(tsHead)
	for _, s := range d.schemas {
		fmt.Fprintf(&b, "export interface %s {\n", s.name)
		for _, m := range s.members {
			optional := "?"
			if m.required {
				optional = ""
			}
			fmt.Fprintf(&b, "  %s%s: %s;\n", m.name, optional, tsType(m.kind))
		}
		b.WriteString("}\n\n")
	}
	b.WriteString(tsClass)
	for _, op := range d.operations {
		b.WriteByte('\n')
		b.WriteString(tsMethod(&op))
	}
	b.WriteString("}\n")
	return b.String()
}

func tsType(s object) string {
	if name := reference(s); name != "" {
		return name
	}
	switch s["type"] {
	case "string", "boolean":
		return s["type"].(string)
	case "integer", "number":
		return "number"
	case "array":
		item := tsType(s["items"].(object))
		return item + "[]"
	case "object":
		return "Record<string, unknown>"
	}
	return "unknown"
}

func tsMethod(op *operation) string {
	var args []string
	path := "`" + op.path + "`"
	for _, p := range op.inPath {
		args = append(args, p+": string")
		path = strings.ReplaceAll(path, "{"+p+"}", "${encodeURIComponent("+p+")}")
	}
	headers, body := "", ""
	switch {
	case op.takes == "application/json":
		in := op.in
		if in == "" {
			in = "Record<string, unknown>"
		}
		args = append(args, "body: "+in)
		headers, body = `"Content-Type": "application/json", `, ", JSON.stringify(body)"
	case op.takes != "":
		args = append(args, "body: BodyInit")
		headers, body = `"Content-Type": "`+op.takes+`", `, ", body"
	}
	if op.versioned {
		args = append(args, "ifMatch: string")
		headers += `"If-Match": ifMatch, `
	}
	query := "{}"
	if len(op.inQuery) > 0 {
		query = "query"
		args = append(args, "query: { "+strings.Join(op.inQuery, "?: string; ")+"?: string } = {}")
	}
	if op.repeatable {
		args = append(args, "idempotencyKey?: string")
		headers += `"Idempotency-Key": idempotencyKey, `
	}
	gives, tail := "void", ""
	switch op.answer {
	case answersJSON:
		if gives = op.gives; gives == "" {
			gives = "Record<string, unknown>"
		}
		tail = "return (await answer.json()) as " + gives + ";"
		if op.method == "GET" && len(op.inPath) > 0 {
			tail = `return { data: (await answer.json()) as ` + gives + `, etag: answer.headers.get("ETag") ?? "" };`
			gives = "Answer<" + gives + ">"
		}
	case answersBytes:
		gives, tail = "Uint8Array", "return new Uint8Array(await answer.arrayBuffer());"
	}
	if headers = strings.TrimSuffix(headers, ", "); headers != "" {
		headers = " " + headers + " "
	}
	call := fmt.Sprintf("await this.send(%q, %s, %s, {%s}%s);", op.method, path, query, headers, body)
	if tail != "" {
		call = "const answer = " + call + "\n    " + tail
	}
	return fmt.Sprintf("  /** %s */\n  async %s(%s): Promise<%s> {\n    %s\n  }\n", op.about, op.id, strings.Join(args, ", "), gives, call)
}
