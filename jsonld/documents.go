package jsonld

import (
	"fmt"

	"github.com/openlaurel/laurel/ijson"
)

// readDocument reads a context document: an object with @context.
func readDocument(url string, doc []byte) (*contextList, error) {
	parsed, err := ijson.Parse(doc, nil)
	if err != nil {
		return nil, &ContextError{Code: codeLoadingRemoteContext, URL: url, Msg: err.Error()}
	}
	c := parsed.Root().Get("@context")
	if !c.IsValid() {
		return nil, &ContextError{Code: codeRemoteContext, URL: url, Msg: "the document is not an object with @context"}
	}
	list, cerr := readContext(c, url)
	if cerr != nil {
		cerr.URL = url
		return nil, cerr
	}
	return list, nil
}

// CheckDocument checks that doc is a context document, as a caller should
// before it offers the document in Options.Documents.
func CheckDocument(url string, doc []byte) error {
	list, err := readDocument(url, doc)
	if err != nil {
		return err
	}
	for _, e := range list.elements {
		if e.local == nil && !e.null && !KnownContext(e.url) {
			return fmt.Errorf("jsonld: context %s refers to %s, which is not built in", url, e.url)
		}
	}
	return nil
}
