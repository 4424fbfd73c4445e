package fetch

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// MaxURL bounds a URL; longer ones are refused by most servers.
const MaxURL = 4096

// guard decides where connections may go. Addresses are judged when the socket is about to be connected, after the
// name was resolved, for every address that is tried: what was checked is what is dialled, so a name that changes its
// answer between two look-ups gains nothing.
type guard struct {
	addresses      *ssrf.Guardian // IANA special-purpose registries; global unicast only
	ports          []uint16
	loopbackUnsafe bool
}

func newGuard(ports []uint16, loopbackUnsafe bool) *guard {
	if len(ports) == 0 {
		ports = []uint16{443}
	}
	return &guard{addresses: ssrf.New(ssrf.WithPorts(ports...)), ports: ports, loopbackUnsafe: loopbackUnsafe}
}

var errForbidden = errors.New("only public addresses are fetched from")

// control is the net.Dialer's Control.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	if g.loopbackUnsafe {
		if at, err := netip.ParseAddrPort(address); err == nil && at.Addr().Unmap().IsLoopback() {
			return nil
		}
	}
	if g.addresses.Safe(network, address, nil) != nil {
		return errForbidden // without the address: the answer must not tell what a name resolves to inside
	}
	return nil
}

// parse holds a URL to the rules and returns it in the one form that the cache knows it by: lower-case host, no default
// port, no fragment.
func (g *guard) parse(raw string) (*url.URL, error) {
	if len(raw) > MaxURL {
		return nil, errors.New("the URL is too long")
	}
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return nil, errors.New("the URL has a character that must be escaped")
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the URL is malformed")
	}
	if u.Opaque != "" || u.Host == "" {
		return nil, errors.New("the URL is not absolute")
	}
	if u.User != nil {
		return nil, errors.New("the URL carries credentials")
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	local := g.loopbackUnsafe && isLoopbackName(host)
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, errors.New("only https URLs are fetched")
	}
	if !local {
		if err := g.checkHost(u.Host, host, port); err != nil {
			return nil, err
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && port != "443" || u.Scheme == "http" && port != "" {
		host += ":" + port
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func (g *guard) checkHost(written, host, port string) error {
	if port == "" && strings.HasSuffix(written, ":") {
		return errors.New("the URL has an empty port")
	}
	if port != "" && !slices.ContainsFunc(g.ports, func(p uint16) bool { return strconv.Itoa(int(p)) == port }) {
		return errors.New("the port is not one that is fetched from")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if g.addresses.SafeAddr(addr) != nil { // an address with a zone is in no permitted prefix
			return errForbidden
		}
		return nil
	}
	if !publicName(host) {
		return errors.New("the host is no public domain name")
	}
	return nil
}

// localNames are the special-use domains that never name a public host (RFC 6761, 6762, 7686, 8375; ICANN's internal).
var localNames = [...]string{"localhost", "localdomain", "local", "internal", "invalid", "onion", "home.arpa"}

// publicName reports whether host has the form of a public domain name: two or more labels in ASCII, the last of them
// not a number, which the resolver of the system would read as a part of an address.
func publicName(host string) bool {
	if len(host) > 253 || !strings.Contains(host, ".") {
		return false
	}
	for _, name := range localNames {
		if host == name || strings.HasSuffix(host, "."+name) {
			return false
		}
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
		last = label
	}
	return last[0] < '0' || last[0] > '9'
}

// isLoopbackName reports whether host is written as this machine; what it resolves to is for control to check.
func isLoopbackName(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() && addr.Zone() == ""
}
