package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/rdf"
)

type canonCommand struct {
	File string `arg:"" help:"A JSON-LD document, N-Quads when the name ends in .nq, or - for standard input."`
	Hash bool   `help:"Print the SHA-256 of the canonical form alone, in hexadecimal."`
	JSON bool   `name:"json" help:"Print hash, number of quads and what JSON-LD left out, as JSON."`
}

func (c *canonCommand) Run(std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	ds, dropped, err := dataset(c.File, data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	canonical, err := ds.Canonicalize(nil)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	quads := canonical.NQuads()
	sum := sha256.Sum256(quads)
	switch {
	case c.JSON:
		return writeJSON(std, map[string]any{"sha256": hex.EncodeToString(sum[:]), "quads": strings.Count(string(quads), "\n"), "dropped": dropped})
	case c.Hash:
		_, err = fmt.Fprintf(std.out, "%x\n", sum)
	default:
		_, err = std.out.Write(quads)
	}
	return err
}

// dataset reads N-Quads or JSON-LD. What JSON-LD silently drops is returned, not refused:
// canon shows what is there, verify judges it.
func dataset(name string, data []byte) (*rdf.Dataset, []jsonld.Dropped, error) {
	if strings.HasSuffix(name, ".nq") {
		ds, err := rdf.ParseNQuads(data)
		return ds, nil, err
	}
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := jsonld.ToRDF(doc.Root(), nil)
	if err != nil {
		return nil, nil, err
	}
	return res.Dataset, res.Dropped, nil
}

// writeJSON writes one JSON object and a line feed.
func writeJSON(std streams, v any) error {
	out, err := ijson.Marshal(v)
	if err != nil {
		return err
	}
	_, err = std.out.Write(append(out, '\n'))
	return err
}
