package verify

import (
	"bytes"
	"strings"

	"github.com/openlaurel/laurel/vcjose"
)

// A carrier is what a credential came in.
type carrier string

const (
	carrierJSON  carrier = "json"
	carrierJWT   carrier = "jwt"
	carrierSDJWT carrier = "sd-jwt"
	carrierPNG   carrier = "png"
	carrierSVG   carrier = "svg"
	carrierPDF   carrier = "pdf"
	carrierCOSE  carrier = "cose"
	carrierJWE   carrier = "jwe"
	carrierLink  carrier = "link"
	carrierNone  carrier = "unknown"
)

// sniffWindow is how far into a text the <svg tag is looked for: comments and a DOCTYPE may come first.
const sniffWindow = 64 << 10

// sniff tells the carrier by content alone; names and media types lie.
func sniff(b []byte) carrier {
	text := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case vcjose.IsCOSE(b): // before any byte of it is taken for white space
		return carrierCOSE
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return carrierPNG
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return carrierPDF
	case len(text) == 0:
		return carrierNone
	case text[0] == '<':
		if bytes.Contains(bytes.ToLower(text[:min(len(text), sniffWindow)]), []byte("<svg")) || bytes.Contains(text, []byte(":svg")) {
			return carrierSVG
		}
		return carrierNone
	case text[0] == '{' || text[0] == '[' || text[0] == '"':
		return carrierJSON
	case bytes.HasPrefix(text, []byte("https://")), bytes.HasPrefix(text, []byte("http://")):
		return carrierLink
	}
	return sniffToken(string(bytes.TrimSpace(text)))
}

// sniffToken tells tokens apart by their shape (RFC 7515 3.1, RFC 7516 3.1, RFC 9901 4, RFC 9052 2).
func sniffToken(s string) carrier {
	if vcjose.IsCOSE([]byte(s[:min(len(s), sniffWindow)])) {
		return carrierCOSE
	}
	jws, _, sd := strings.Cut(s, "~")
	switch dots := strings.Count(jws, "."); {
	case dots == 2 && sd:
		return carrierSDJWT
	case dots == 2:
		return carrierJWT
	case dots == 4 && !sd:
		return carrierJWE
	}
	return carrierNone
}
