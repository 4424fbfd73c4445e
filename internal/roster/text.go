package roster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/openlaurel/laurel/internal/record"
)

// decodeText returns a file's text as UTF-8 and the encoding it was in. Registrars' exports are UTF-8, UTF-16 with a
// byte order mark (transcript software, "Unicode text" of spreadsheets) or Windows-1252.
func decodeText(f File) (text []byte, encoding string, err error) {
	switch {
	case bytes.HasPrefix(f.Data, []byte{0xEF, 0xBB, 0xBF}):
		text, encoding = f.Data[3:], "UTF-8"
		if !utf8.Valid(text) {
			return nil, "", badUTF8(f.Name, text)
		}
	case bytes.HasPrefix(f.Data, []byte{0xFF, 0xFE}):
		text, err = fromUTF16(f, binary.LittleEndian)
		encoding = "UTF-16LE"
	case bytes.HasPrefix(f.Data, []byte{0xFE, 0xFF}):
		text, err = fromUTF16(f, binary.BigEndian)
		encoding = "UTF-16BE"
	case utf8.Valid(f.Data):
		text, encoding = f.Data, "UTF-8"
	default:
		if text, err = charmap.Windows1252.NewDecoder().Bytes(f.Data); err != nil {
			return nil, "", badUTF8(f.Name, f.Data)
		}
		encoding = "Windows-1252"
	}
	if err != nil {
		return nil, "", err
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return nil, "", record.Errorf(record.Invalid, "roster.Read", "%s, line %d: a zero byte; this is not a text file. Export it as CSV (UTF-8) or XML", f.Name, line(text, i))
	}
	return text, encoding, nil
}

func badUTF8(name string, text []byte) error {
	at := 0
	for at < len(text) {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return record.Errorf(record.Invalid, "roster.Read", "%s, line %d: the text is not valid UTF-8; export it again as UTF-8", name, line(text, at))
}

// fromUTF16 decodes UTF-16 after its byte order mark; a lone surrogate is refused, not replaced.
func fromUTF16(f File, order binary.ByteOrder) ([]byte, error) {
	data := f.Data[2:]
	if len(data)%2 != 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s: UTF-16 text with half a character at its end; the file was cut off", f.Name)
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			var low rune
			if i+4 <= len(data) {
				low = rune(order.Uint16(data[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return nil, record.Errorf(record.Invalid, "roster.Read", "%s, line %d: broken UTF-16; export it again as UTF-8", f.Name, line(out, len(out)))
			}
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// firstLine is the beginning of a file in lower case without zero bytes: enough to tell formats apart in any encoding,
// even of a file that is broken further on.
func firstLine(f File) string {
	head := bytes.ReplaceAll(f.Data[:min(len(f.Data), 4096)], []byte{0}, nil)
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	return strings.ToLower(string(first))
}

// line is the 1-based line of an offset.
func line(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(offset, len(text))], []byte{'\n'})
}

// list joins words for a sentence.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s and %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
