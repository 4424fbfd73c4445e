package export

import (
	"bytes"
	"crypto/rand"
	"strconv"
)

// verbatim keeps bytes that must reach a document unchanged: encoding/json would take the white space of a signed
// credential away. A random stand-in goes through the encoder, and the bytes are put in its place.
type verbatim struct {
	token string
	kept  [][]byte
}

// keep returns the stand-in of a JSON text.
func (v *verbatim) keep(raw []byte) string {
	if v.token == "" {
		v.token = rand.Text()
	}
	v.kept = append(v.kept, raw)
	return v.token + strconv.Itoa(len(v.kept)-1)
}

// restore puts the texts back.
func (v *verbatim) restore(document []byte) []byte {
	if v.token == "" {
		return document
	}
	var out []byte
	mark := []byte(`"` + v.token)
	for {
		before, rest, found := bytes.Cut(document, mark)
		out = append(out, before...)
		if !found {
			return out
		}
		n, after, _ := bytes.Cut(rest, []byte(`"`))
		i, err := strconv.Atoi(string(n))
		if err != nil || i >= len(v.kept) {
			// Not ours: 128 random bits do not occur by chance, so this cannot be; leave the text as it is.
			return append(append(out, mark...), rest...)
		}
		out = append(out, v.kept[i]...)
		document = after
	}
}
