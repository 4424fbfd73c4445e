package ijson

import (
	"bytes"
	"encoding/json"
)

// Marshal encodes a value of our own as encoding/json does, but leaves <, >
// and & as they are: credentials carry markdown and URLs that people read.
func Marshal(v any) ([]byte, error) { return marshal(v, "") }

// MarshalIndent is Marshal with two spaces of indentation a level.
func MarshalIndent(v any) ([]byte, error) { return marshal(v, "  ") }

func marshal(v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}), nil
}
