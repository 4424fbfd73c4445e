package main

import (
	"fmt"
	"strings"
)

const pyHead = `"""A client of Laurel's own API. Written by scripts/clients from /openapi.json; do not edit.

It needs Python 3.11 or later and nothing else.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Callable, Iterator, NotRequired, TypedDict


class LaurelProblem(Exception):
    """What a Laurel server says when it cannot do something (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"the server answered {status}")
        self.status = status
        self.problem = problem


`

const pyClass = `class Laurel:
    """The API of one server, with one API key."""

    def __init__(self, base: str, key: str = "", timeout: float = 60) -> None:
        self.base, self.key, self.timeout = base.rstrip("/"), key, timeout
        self.etag = ""  # of the last answer; a change sends it back as if_match

    def _send(self, method: str, path: str, query: dict[str, str | None], headers: dict[str, str | None], body: bytes | None = None) -> bytes:
        text = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        request = urllib.request.Request(self.base + path + ("?" + text if text else ""), data=body, method=method)
        for name, value in headers.items():
            if value is not None:
                request.add_header(name, value)
        if self.key:
            request.add_header("Authorization", "Bearer " + self.key)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                self.etag = answer.headers.get("ETag") or ""
                return answer.read()
        except urllib.error.HTTPError as err:
            with err:
                try:
                    problem = json.loads(err.read())
                except ValueError:
                    problem = {}
            raise LaurelProblem(err.code, problem if isinstance(problem, dict) else {}) from None

    def every(self, read: Callable[..., Any], **query: str) -> Iterator[Any]:
        """Every item of a list, page after page: laurel.every(laurel.list_awards, state="issued")."""
        while True:
            page = read(**query)
            yield from page["items"]
            if not page.get("next"):
                return
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"]).query))
`

func python(d description) string {
	var b strings.Builder
	b.WriteString(pyHead)
	for _, s := range d.schemas {
		fmt.Fprintf(&b, "class %s(TypedDict):\n", s.name)
		if len(s.members) == 0 {
			b.WriteString("    pass\n")
		}
		for _, m := range s.members {
			kind := pyType(m.kind)
			if !m.required {
				kind = "NotRequired[" + kind + "]"
			}
			fmt.Fprintf(&b, "    %s: %s\n", m.name, kind)
		}
		b.WriteString("\n\n")
	}
	b.WriteString(pyClass)
	for _, op := range d.operations {
		b.WriteByte('\n')
		b.WriteString(pyMethod(&op))
	}
	return b.String()
}

func pyType(s object) string {
	if name := reference(s); name != "" {
		return name
	}
	switch s["type"] {
	case "string":
		return "str"
	case "boolean":
		return "bool"
	case "integer":
		return "int"
	case "number":
		return "float"
	case "array":
		return "list[" + pyType(s["items"].(object)) + "]"
	case "object":
		return "dict[str, Any]"
	}
	return "Any"
}

func pyMethod(op *operation) string {
	args := []string{"self"}
	path := `"` + op.path + `"`
	for _, p := range op.inPath {
		args = append(args, snake(p)+": str")
		path = strings.ReplaceAll(path, "{"+p+"}", `" + urllib.parse.quote(`+snake(p)+`, safe="") + "`)
	}
	path = strings.TrimSuffix(path, ` + ""`)
	headers, body := "", ""
	switch {
	case op.takes == "application/json":
		in := op.in
		if in == "" {
			in = "dict[str, Any]"
		}
		args = append(args, "body: "+in)
		headers, body = `"Content-Type": "application/json", `, ", json.dumps(body).encode()"
	case op.takes != "":
		args = append(args, "body: bytes")
		headers, body = `"Content-Type": "`+op.takes+`", `, ", body"
	}
	if op.versioned {
		args = append(args, "if_match: str")
		headers += `"If-Match": if_match, `
	}
	if len(op.inQuery) > 0 || op.repeatable {
		args = append(args, "*")
	}
	var query []string
	for _, q := range op.inQuery {
		args = append(args, snake(q)+": str | None = None")
		query = append(query, fmt.Sprintf("%q: %s", q, snake(q)))
	}
	if op.repeatable {
		args = append(args, "idempotency_key: str | None = None")
		headers += `"Idempotency-Key": idempotency_key, `
	}
	call := fmt.Sprintf("self._send(%q, %s, {%s}, {%s}%s)", op.method, path, strings.Join(query, ", "), strings.TrimSuffix(headers, ", "), body)
	gives := "None"
	switch op.answer {
	case answersJSON:
		if gives = op.gives; gives == "" {
			gives = "dict[str, Any]"
		}
		call = "return json.loads(" + call + ")"
	case answersBytes:
		gives, call = "bytes", "return "+call
	}
	return fmt.Sprintf("    def %s(%s) -> %s:\n        \"\"\"%s\"\"\"\n        %s\n", snake(op.id), strings.Join(args, ", "), gives, op.about, call)
}
