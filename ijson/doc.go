// Package ijson reads I-JSON (RFC 7493) strictly and writes canonical JSON
// (JSON Canonicalization Scheme, RFC 8785).
//
// A signed document must mean one thing to every reader. RFC 8259 lets two
// readers differ, so this package refuses what they differ about, at any
// depth, before anything else looks at the bytes:
//
//   - a member name that appears twice in one object, also when one of them is
//     spelt with escapes (RFC 7493, 2.3);
//   - bytes that are not UTF-8, a byte order mark, a lone surrogate escape
//     (RFC 7493, 2.1);
//   - a number that a double cannot hold: one that overflows, one that
//     underflows to zero, an integer whose digits a double would change
//     (RFC 7493, 2.2; RFC 8785, 3.2.2.3);
//   - anything after the value, comments, trailing commas, NaN.
//
// Deviation: RFC 7493, 2.1 also forbids noncharacters such as U+FFFF. They are
// accepted: no reader confuses them with anything else, and the public JSON
// parsing suite requires them.
//
// Parse makes one pass and keeps the bytes: a [Document] is a flat tape of
// offsets into them, and a [Value] is a position on that tape. Values are
// small, comparable in cost to a pointer, and safe to chain: every accessor on
// a missing value or on one of another kind returns zero.
//
//	doc, err := ijson.Parse(b, nil)
//	name := doc.Root().Get("issuer").Get("name").Text() // "" when any step is missing
package ijson
