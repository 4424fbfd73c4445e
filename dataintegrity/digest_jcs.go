package dataintegrity

import (
	"crypto"

	"github.com/openlaurel/laurel/ijson"
)

// digestJCS hashes the document and the proof configuration as canonical JSON (Data Integrity EdDSA, 3.3.3 to 3.3.5).
//
// A proof carries the @context it was made with. Others may have been appended to the document's since; they are not
// part of what was signed (3.3.2, steps 4 and 5), and are reported as uncovered.
func digestJCS(in *input, h crypto.Hash) (*digests, error) {
	d := &digests{}
	doc := in.doc
	if own := in.config.Get("@context"); own.IsValid() {
		if !isPrefix(own, in.context) {
			return nil, &MalformedError{Pointer: in.proof + "/@context", Msg: "must be the @context of the document or the start of it"}
		}
		kept := len(canonicalContexts(own))
		for i := range canonicalContexts(in.context)[kept:] {
			d.uncovered = append(d.uncovered, "/@context/"+itoa(kept+i))
		}
		var err error
		if doc, err = replace(doc, in.context, own.Raw()); err != nil {
			return nil, err
		}
	}
	text := ijson.AppendCanonical(make([]byte, 0, len(doc.Raw())), doc, in.omit...)
	d.doc = sum(h, text)
	if in.keep {
		d.canonical = text
	}
	d.config = sum(h, ijson.AppendCanonical(nil, in.config, omitConfig...))
	return d, nil
}
