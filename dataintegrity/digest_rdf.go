package dataintegrity

import (
	"bytes"
	"crypto"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/rdf"
)

// digestRDF hashes the document and the proof configuration as canonical RDF (Data Integrity EdDSA, 3.2.3 to 3.2.5). The
// hash function works inside the canonicalization too.
func digestRDF(in *input, h crypto.Hash) (*digests, error) {
	config, droppedConfig, err := in.configHash(h)
	if err != nil {
		return nil, err
	}
	d := &digests{config: config}
	if in.shares() && !in.keep {
		if known, ok := in.record.recall(in.doc, h); ok {
			d.doc, d.dropped = known.sum, append(slices.Clip(known.dropped), droppedConfig...)
			return d, nil
		}
		if d.doc, err = in.record.sum(in.doc, h); err != nil {
			return nil, err
		}
		if d.doc != nil {
			d.dropped = droppedConfig
			in.record.remember(in.doc, h, hashed{d.doc, nil})
			return d, nil
		}
	}
	ds, dropped, err := in.dataset()
	if err != nil {
		return nil, err
	}
	if in.shares() && !in.signing && in.doc.Offset() == in.record.root.Offset() {
		in.record.prepared.Do(func() { in.record.prepare(h) })
	}
	if in.keep {
		c, err := ds.Canonicalize(&rdf.CanonicalOptions{Hash: h})
		if err != nil {
			return nil, err
		}
		d.canonical = c.NQuads()
		d.doc = sum(h, d.canonical)
	} else if d.doc, err = ds.CanonicalSum(&rdf.CanonicalOptions{Hash: h}); err != nil {
		return nil, err
	}
	d.dropped = append(slices.Clip(dropped), droppedConfig...)
	if in.shares() {
		in.record.remember(in.doc, h, hashed{d.doc, dropped})
	}
	return d, nil
}

// shares reports whether what is hashed is the document as the record has it, without any proof.
func (in *input) shares() bool { return in.record != nil && in.omit != nil && in.record.has(in.doc) }

func (in *input) canonicalDocument(h crypto.Hash) (*rdf.Canonical, []jsonld.Dropped, error) {
	ds, dropped, err := in.dataset()
	if err != nil {
		return nil, nil, err
	}
	c, err := ds.Canonicalize(&rdf.CanonicalOptions{Hash: h})
	if err != nil {
		return nil, nil, err
	}
	return c, dropped, nil
}

func (in *input) dataset() (*rdf.Dataset, []jsonld.Dropped, error) {
	if in.shares() {
		return in.record.convert(in.doc)
	}
	r, err := jsonld.ToRDF(in.doc, &jsonld.Options{Documents: in.documents, OmitTopLevel: in.omit})
	if err != nil {
		return nil, nil, err
	}
	return r.Dataset, in.inDocument(r.Dropped), nil
}

// configHash hashes the proof configuration: the proof without its value, in the document's context.
func (in *input) configHash(h crypto.Hash) ([]byte, []jsonld.Dropped, error) {
	var buf [1024]byte
	if lines, ok := in.knownConfig(buf[:0]); ok {
		return sum(h, lines), nil, nil
	}
	c, dropped, err := in.canonicalConfig(h)
	if err != nil {
		return nil, nil, err
	}
	return c.Sum(h), dropped, nil
}

// canonicalConfig is the general way to a canonical configuration.
func (in *input) canonicalConfig(h crypto.Hash) (*rdf.Canonical, []jsonld.Dropped, error) {
	config := in.config
	if own := config.Get("@context"); own.IsValid() {
		// The document's @context counts. A proof may repeat it, or the start of it.
		if !isPrefix(own, in.context) {
			return nil, nil, &MalformedError{Pointer: in.proof + "/@context", Msg: "must be the @context of the document or the start of it"}
		}
		var err error
		if config, err = without(config, "@context"); err != nil {
			return nil, nil, err
		}
	}
	r, err := jsonld.ToRDF(config, &jsonld.Options{Context: in.context, Documents: in.documents, OmitTopLevel: omitConfig})
	if err != nil {
		return nil, nil, err
	}
	c, err := r.Dataset.Canonicalize(&rdf.CanonicalOptions{Hash: h})
	if err != nil {
		return nil, nil, err
	}
	return c, in.ofProof(r.Dropped), nil
}

// without returns a copy of an object that lacks one member.
func without(v ijson.Value, name string) (ijson.Value, error) {
	text := []byte{'{'}
	for n, m := range v.Members() {
		if n == name {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(ijson.AppendQuoted(text, n), ':'), m.Raw()...)
	}
	d, err := ijson.Parse(append(text, '}'), nil)
	if err != nil {
		return ijson.Value{}, err
	}
	return d.Root(), nil
}

// isPrefix reports whether the contexts of a proof are the first contexts of the document, in the same order.
func isPrefix(own, whole ijson.Value) bool {
	head, all := canonicalContexts(own), canonicalContexts(whole)
	if len(head) > len(all) {
		return false
	}
	return slices.EqualFunc(head, all[:len(head)], bytes.Equal)
}

func canonicalContexts(v ijson.Value) [][]byte {
	var list [][]byte
	for _, e := range v.Each() {
		list = append(list, ijson.AppendCanonical(nil, e))
	}
	return list
}
