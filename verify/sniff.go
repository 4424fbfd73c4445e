package verify

import (
	"bytes"
	"encoding/base64"
	"strings"
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

// sniffToken tells compact tokens apart by their shape (RFC 7515 3.1, RFC 7516 3.1, RFC 9901 4, RFC 9052 in base64).
func sniffToken(s string) carrier {
	jws, _, sd := strings.Cut(s, "~")
	switch dots := strings.Count(jws, "."); {
	case dots == 2 && sd:
		return carrierSDJWT
	case dots == 2:
		return carrierJWT
	case dots == 4 && !sd:
		return carrierJWE
	case dots == 0 && isCOSE(s):
		return carrierCOSE
	}
	return carrierNone
}

// isCOSE is true of a COSE_Sign1 (tag 18) as it is or in base64, base64url or hexadecimal.
func isCOSE(s string) bool {
	if strings.HasPrefix(s, "\xd2\x84") || strings.HasPrefix(s, "d284") {
		return true
	}
	head := s[:min(len(s), 8)]
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(head); err == nil && len(b) > 1 && b[0] == 0xd2 && b[1] == 0x84 {
			return true
		}
	}
	return false
}
