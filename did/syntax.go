package did

import "strings"

// MaxID bounds an identifier. A did:jwk or did:key of an 8192-bit RSA key has under 2,000 characters.
const MaxID = 4096

// split takes a DID apart (DID Core 3.1): did:method:specific-id. It accepts no path, query or fragment.
func split(did string) (method, specific string, err error) {
	if len(did) > MaxID {
		return "", "", fail(InvalidDID, did[:64]+"…", "the DID has more than %d characters", MaxID)
	}
	rest, ok := strings.CutPrefix(did, "did:")
	if !ok {
		return "", "", fail(InvalidDID, did, "a DID starts with \"did:\"")
	}
	method, specific, ok = strings.Cut(rest, ":")
	if !ok || method == "" || specific == "" {
		return "", "", fail(InvalidDID, did, "a DID has the form did:method:identifier")
	}
	for _, c := range []byte(method) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "", "", fail(InvalidDID, did, "a DID method name is lower-case letters and digits")
		}
	}
	if !validSpecific(specific) {
		return "", "", fail(InvalidDID, did, "the identifier has a character that a DID cannot have")
	}
	return method, specific, nil
}

func validSpecific(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(".-_:", c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return s[len(s)-1] != ':'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// splitURL takes a DID URL apart at its fragment. Laurel dereferences verification methods, so a path or query is
// refused: no method it resolves gives them a meaning.
func splitURL(url string) (did, fragment string, err error) {
	did, fragment, _ = strings.Cut(url, "#")
	if i := strings.IndexAny(did, "/?"); i >= 0 {
		return "", "", fail(InvalidDIDURL, url, "the DID URL of a verification method has no path or query")
	}
	if !validFragment(fragment) {
		return "", "", fail(InvalidDIDURL, url, "the fragment has a character that a URL cannot have")
	}
	return did, fragment, nil
}

// validFragment follows RFC 3986 section 3.5.
func validFragment(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~!$&'()*+,;=:@/?", c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}
