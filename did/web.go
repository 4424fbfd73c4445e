package did

import (
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/fetch"
)

// WebURL returns the https URL of a did:web's document (did:web method specification, "Read"). A host that is no
// registered-style name (an address, localhost, a single number) is refused: the method allows domain names only.
func WebURL(did string) (string, error) {
	method, specific, err := split(did)
	if err != nil {
		return "", err
	}
	if method != "web" {
		return "", fail(InvalidDID, did, "this is no did:web")
	}
	segments := strings.Split(specific, ":")
	host, err := webHost(did, segments[0])
	if err != nil {
		return "", err
	}
	if len(segments) == 1 {
		return "https://" + host + "/.well-known/did.json", nil
	}
	for _, s := range segments[1:] {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsAny(plain, "/\\?#%") || hasControl(plain) {
			return "", fail(InvalidDID, did, "the path segment %q of the did:web is not allowed", s)
		}
	}
	return "https://" + host + "/" + strings.Join(segments[1:], "/") + "/did.json", nil
}

// webHost decodes the first segment: a domain name, with the port's colon percent-encoded.
func webHost(did, segment string) (string, error) {
	name, port := segment, ""
	if i := strings.IndexByte(segment, '%'); i >= 0 {
		if len(segment) < i+3 || !strings.EqualFold(segment[i:i+3], "%3A") {
			return "", fail(InvalidDID, did, "the host of the did:web holds an escape that is not a port's %%3A")
		}
		name, port = segment[:i], segment[i+3:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
			return "", fail(InvalidDID, did, "the port %q of the did:web is not a number from 1 to 65535", port)
		}
		port = ":" + port
	}
	if !domainName(name) {
		return "", fail(InvalidDID, did, "the host %q of the did:web is no lower-case domain name", name)
	}
	return name + port, nil
}

// domainName reports whether s is a DNS name of at least two labels in lower case that is no address. Upper case is
// refused because identifiers are compared as strings: one host must have one DID.
func domainName(s string) bool {
	if len(s) > 253 || !strings.Contains(s, ".") {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
		last = label
	}
	if strings.Trim(last, "0123456789") == "" || last == "localhost" { // a numeric last label is an address in disguise
		return false
	}
	_, err := netip.ParseAddr(s)
	return err != nil
}

func hasControl(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7f {
			return true
		}
	}
	return false
}

func (r *Resolver) resolveWeb(ctx context.Context, did string) (*Document, error) {
	at, err := WebURL(did)
	if err != nil {
		return nil, err
	}
	d, err := r.get(ctx, did, at, fetch.AcceptDID)
	if err != nil {
		return nil, err
	}
	// A did:web speaks for its host, so a redirect must not leave it.
	if origin(d.URL) != origin(at) {
		return nil, fail(CrossOrigin, did, "%s redirects to another host; a did:web document must come from the host it names", at)
	}
	if d.ID != did {
		return nil, fail(Mismatch, did, "the document at %s has the id %q", at, d.ID)
	}
	return d, nil
}
