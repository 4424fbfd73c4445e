package bake

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

var pngSignature = []byte("\x89PNG\r\n\x1a\n")

// A chunk is one chunk of a PNG (PNG, third edition, 5.3): a type, data, and
// the bytes that hold both between length and checksum.
type chunk struct {
	start, end int    // in the file, with length and checksum
	kind       string // four letters
	data       []byte
}

// pngChunks walks a PNG from IHDR to IEND, checking order and checksums, and
// returns the position after IEND.
func pngChunks(b []byte, visit func(chunk) error) (end int, err error) {
	malformed := func(at int, format string, args ...any) (int, error) {
		return 0, &MalformedError{Format: PNG, Offset: at, Msg: fmt.Sprintf(format, args...)}
	}
	for at := len(pngSignature); ; {
		if len(b)-at < 12 {
			return malformed(at, "the image ends before its last chunk (IEND)")
		}
		size := binary.BigEndian.Uint32(b[at:])
		if uint64(size) > uint64(len(b)-at-12) {
			return malformed(at, "a chunk of %d bytes does not fit into the file", size)
		}
		c := chunk{start: at, end: at + 12 + int(size), kind: string(b[at+4 : at+8])}
		c.data = b[at+8 : c.end-4]
		if at == len(pngSignature) && (c.kind != "IHDR" || size != 13) {
			return malformed(at, "the first chunk is no image header (IHDR)")
		}
		if crc32.ChecksumIEEE(b[at+4:c.end-4]) != binary.BigEndian.Uint32(b[c.end-4:]) {
			return malformed(at, "the checksum of chunk %q is wrong; the file is damaged", c.kind)
		}
		if err := visit(c); err != nil {
			return 0, err
		}
		if at = c.end; c.kind == "IEND" {
			return at, nil
		}
	}
}

// pngKeyword returns the keyword of a text chunk that carries a credential, or "".
func pngKeyword(c chunk) string {
	switch c.kind {
	case "iTXt", "tEXt", "zTXt": // the latter two: Open Badges before 2.0
		keyword, _, _ := bytes.Cut(c.data, []byte{0})
		for _, l := range labels {
			if string(keyword) == l.keyword {
				return l.keyword
			}
		}
	}
	return ""
}

func unbakePNG(image []byte) ([]byte, error) {
	var credential []byte
	found := false
	_, err := pngChunks(image, func(c chunk) error {
		keyword := pngKeyword(c)
		if keyword == "" {
			return nil
		}
		if found {
			return fmt.Errorf("%w: there is a second chunk %q at byte %d", ErrSeveral, keyword, c.start)
		}
		found = true
		var err error
		credential, err = pngText(c, c.data[len(keyword)+1:])
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNoCredential
	}
	return credential, nil
}

// pngText returns the text of a chunk. Open Badges forbids compression; it is
// read all the same, up to MaxCredential.
func pngText(c chunk, rest []byte) ([]byte, error) {
	malformed := &MalformedError{Format: PNG, Offset: c.start}
	compressed := c.kind == "zTXt"
	switch c.kind {
	case "zTXt":
		if len(rest) < 1 || rest[0] != 0 {
			malformed.Msg = "the text chunk has an unknown compression method"
			return nil, malformed
		}
		rest = rest[1:]
	case "iTXt":
		if len(rest) < 2 || rest[0] > 1 || rest[1] != 0 {
			malformed.Msg = "the text chunk has an unknown compression flag or method"
			return nil, malformed
		}
		compressed = rest[0] == 1
		_, rest2, ok1 := bytes.Cut(rest[2:], []byte{0}) // language tag
		_, text, ok2 := bytes.Cut(rest2, []byte{0})     // translated keyword
		if !ok1 || !ok2 {
			malformed.Msg = "the text chunk ends before its text"
			return nil, malformed
		}
		rest = text
	}
	if !compressed {
		return rest, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		malformed.Msg, malformed.Err = "the compressed text cannot be read", err
		return nil, malformed
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxCredential+1))
	if err != nil {
		malformed.Msg, malformed.Err = "the compressed text cannot be read", err
		return nil, malformed
	}
	return text, nil // Unbake refuses the byte over the limit
}

// bakePNG inserts the chunk after IHDR and leaves out earlier credentials.
func bakePNG(image, credential []byte, l label) ([]byte, error) {
	out := make([]byte, 0, len(image)+len(credential)+64)
	out = append(out, pngSignature...)
	end, err := pngChunks(image, func(c chunk) error {
		if pngKeyword(c) == "" {
			out = append(out, image[c.start:c.end]...)
		}
		if c.kind == "IHDR" {
			out = appendITXt(out, l.keyword, credential)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if end < len(image) {
		return nil, &MalformedError{Format: PNG, Offset: end, Msg: "bytes follow the end of the image (IEND); save the image again"}
	}
	return out, nil
}

// appendITXt appends an uncompressed iTXt chunk without language tag and
// translated keyword (PNG, 11.3.3.4).
func appendITXt(out []byte, keyword string, text []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(keyword)+5+len(text)))
	start := len(out)
	out = append(out, "iTXt"...)
	out = append(out, keyword...)
	out = append(out, 0, 0, 0, 0, 0) // end of keyword, flag, method, language, translation
	out = append(out, text...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
