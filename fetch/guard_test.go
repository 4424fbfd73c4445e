package fetch

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestN01_Targets: every address of the list is refused before a name is looked up.
func TestN01_Targets(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "json/lists/ssrf-targets.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	g, n := newGuard(nil, false), 0
	for c := range doc.Root().Get("cases").Elements() {
		n++
		url := c.Get("url").Text()
		u, err := g.parse(url)
		if got, want := err == nil, c.Get("expect").Text() == "fetch"; got != want {
			t.Errorf("parse(%q) = %v, %v; want %s (%s)", url, u, err, c.Get("expect").Text(), c.Get("why").Text())
		}
	}
	if n < 100 {
		t.Errorf("only %d cases", n)
	}
}

// TestAddresses is our own list of what the registries of special-purpose addresses must cover.
func TestAddresses(t *testing.T) {
	g := newGuard(nil, false)
	for _, addr := range []string{
		"0.0.0.0", "0.255.255.255", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255",
		"169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1",
		"192.88.99.1", "192.168.255.255", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
		"240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:0:7f00:1::80ff:fffe", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
		"2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
	} {
		if err := g.control("tcp", netip.AddrPortFrom(netip.MustParseAddr(addr), 443).String(), nil); err == nil {
			t.Errorf("%s may be dialled", addr)
		}
		network := "tcp4"
		if netip.MustParseAddr(addr).Is6() {
			network = "tcp6"
		}
		if err := g.control(network, netip.AddrPortFrom(netip.MustParseAddr(addr), 443).String(), nil); err == nil {
			t.Errorf("%s may be dialled", addr)
		}
	}
	for addr, want := range map[string]bool{
		"8.8.8.8:443": true, "8.8.8.8:80": false, "8.8.8.8:22": false, "8.8.8.8:0": false, "1.1.1.1:443": true,
		"garbage": false, "127.0.0.1:443": false,
	} {
		if err := g.control("tcp4", addr, nil); (err == nil) != want {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if err := g.control("tcp6", "[2606:4700::1111]:443", nil); err != nil {
		t.Errorf("a public address: %v", err)
	}
	if err := g.control("udp4", "8.8.8.8:443", nil); err == nil {
		t.Error("udp may be dialled")
	}
	loud := newGuard(nil, true)
	for addr, want := range map[string]bool{"127.0.0.1:8080": true, "10.0.0.1:443": false, "169.254.169.254:80": false, "0.0.0.0:80": false} {
		if err := loud.control("tcp4", addr, nil); (err == nil) != want {
			t.Errorf("loopback allowed, %s: %v", addr, err)
		}
	}
}

// resolver answers every name from a table, as a name server under an attacker's control would.
func resolver(t *testing.T, answers func(name string, query int) []netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the test is over
	go func() {
		buf := make([]byte, 512)
		for query := 0; ; query++ {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if _, err := conn.WriteTo(answer(buf[:n], query, answers), from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answer writes a DNS message (RFC 1035 section 4) for the one question in query.
func answer(query []byte, count int, answers func(string, int) []netip.Addr) []byte {
	name, i := "", 12
	for query[i] != 0 {
		name += string(query[i+1:i+1+int(query[i])]) + "."
		i += 1 + int(query[i])
	}
	question := query[12 : i+5]
	qtype := binary.BigEndian.Uint16(query[i+1:])
	var records []byte
	n := uint16(0)
	for _, a := range answers(name, count) {
		if (qtype == 1) != a.Is4() || (qtype != 1 && qtype != 28) {
			continue
		}
		n++
		records = append(records, 0xc0, 12) // the name of the question
		records = binary.BigEndian.AppendUint16(records, qtype)
		records = append(records, 0, 1, 0, 0, 0, 0, 0, byte(a.BitLen()/8)) // IN, TTL 0, length
		records = append(records, a.AsSlice()...)
	}
	out := append([]byte{query[0], query[1], 0x84, 0x00, 0, 1, byte(n >> 8), byte(n), 0, 0, 0, 0}, question...)
	return append(out, records...)
}

// TestN02_TestN03_Names: whatever a name resolves to, no private address is connected to.
func TestN02_TestN03_Names(t *testing.T) {
	port, hits := canary(t)
	loopback := netip.MustParseAddr("127.0.0.1")
	for name, answers := range map[string]func(string, int) []netip.Addr{
		"private": func(string, int) []netip.Addr { return []netip.Addr{loopback} },
		"IPv6":    func(string, int) []netip.Addr { return []netip.Addr{netip.IPv6Loopback()} },
		"mapped":  func(string, int) []netip.Addr { return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1")} },
		"several": func(string, int) []netip.Addr {
			return []netip.Addr{loopback, netip.MustParseAddr("10.0.0.1"), netip.IPv6Loopback()}
		},
		"rebinding": func(_ string, n int) []netip.Addr {
			return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, byte(n%2 + 1)})}
		},
		"nowhere": func(string, int) []netip.Addr { return nil },
	} {
		h := NewHTTP(&HTTPOptions{Ports: []uint16{port}, Timeout: patience, Resolver: resolver(t, answers)})
		_, err := h.Fetch(t.Context(), fmt.Sprintf("https://rebind.example:%d/x", port), AcceptDID)
		want := Forbidden
		if name == "nowhere" {
			want = Unreachable
		}
		if kindOf(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d connections to this machine", hits.Load())
	}
}

func TestParseCanonical(t *testing.T) {
	g := newGuard([]uint16{443, 8443}, false)
	for raw, want := range map[string]string{
		"https://A.example":          "https://a.example/",
		"https://a.example:443/x#y":  "https://a.example/x",
		"https://a.example:8443/x?q": "https://a.example:8443/x?q",
		"https://a.example:444/":     "",
		"https://a.example:/":        "",
		"https://a.example./":        "",
	} {
		u, err := g.parse(raw)
		if err != nil && want != "" || err == nil && u.String() != want {
			t.Errorf("parse(%q) = %v, %v, want %q", raw, u, err, want)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("https://a.example/x")
	f.Add("https://[::1%25lo]:443/")
	f.Add("https://0x7f.1/")
	f.Fuzz(func(t *testing.T, raw string) {
		g := newGuard(nil, false)
		u, err := g.parse(raw)
		if err != nil {
			return
		}
		again, err := g.parse(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("parse(%q) = %q, and that is parsed to %v, %v", raw, u, again, err)
		}
		if u.Scheme != "https" || u.User != nil || u.Port() != "" {
			t.Fatalf("parse(%q) = %q", raw, u)
		}
	})
}

func TestStatic(t *testing.T) {
	s := Static{"https://a.example/x": []byte("{}"), "https://a.example/down": nil}
	if resp, err := s.Fetch(t.Context(), "https://a.example/x#frag", AcceptDID); err != nil || string(resp.Body) != "{}" {
		t.Errorf("%v, %v", resp, err)
	}
	if _, err := s.Fetch(t.Context(), "https://a.example/down", AcceptDID); kindOf(err) != Unreachable {
		t.Errorf("nil: %v", err)
	}
	if _, err := s.Fetch(t.Context(), "https://a.example/other", AcceptDID); kindOf(err) != Offline {
		t.Errorf("absent: %v", err)
	}
	over := s.Over(Static{"https://a.example/other": []byte("1"), "https://a.example/x": []byte("no")})
	for url, want := range map[string]string{"https://a.example/other": "1", "https://a.example/x": "{}"} {
		if resp, err := over.Fetch(t.Context(), url, AcceptDID); err != nil || string(resp.Body) != want {
			t.Errorf("Over, %s: %v, %v", url, resp, err)
		}
	}
	if _, err := over.Fetch(t.Context(), "https://a.example/down", AcceptDID); kindOf(err) != Unreachable {
		t.Errorf("Over lets a failing document through: %v", err)
	}
	if _, err := Never.Fetch(t.Context(), "https://a.example/x", AcceptDID); kindOf(err) != Offline {
		t.Errorf("Never: %v", err)
	}
}

func TestLoadDocuments(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("did.json", `{"id":"x"}`)
	write("empty", "")
	static, err := LoadDocuments(write("map.json", `{"https://a.example/did.json":"did.json","https://a.example/down":null,"https://a.example/empty":"empty"}`))
	if err != nil {
		t.Fatal(err)
	}
	if string(static["https://a.example/did.json"]) != `{"id":"x"}` || len(static) != 3 {
		t.Errorf("static = %q", static)
	}
	if resp, err := static.Fetch(t.Context(), "https://a.example/empty", AcceptDID); err != nil || len(resp.Body) != 0 {
		t.Errorf("an empty document: %v, %v", resp, err)
	}
	for name, text := range map[string]string{
		"array": `[]`, "number": `{"https://a.example":1}`, "missing": `{"https://a.example":"nowhere.json"}`, "twice": `{"a":"did.json","a":"did.json"}`, "broken": `{`,
	} {
		if _, err := LoadDocuments(write(name, text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := LoadDocuments(filepath.Join(dir, "absent")); !os.IsNotExist(err) {
		t.Errorf("an absent file: %v", err)
	}
}
