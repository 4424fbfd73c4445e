package server

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/store"
)

// door is a row of testdata/doors.txt.
type door struct{ method, path, who, kind, noun string }

var parameter = regexp.MustCompile(`\{(id|token|batch|secret|request|slug|list|issuer|purpose|client)\}`)

// readDoors reads the table and holds it to the program's own routes.
func readDoors(t *testing.T) []door {
	t.Helper()
	b, err := os.ReadFile("testdata/doors.txt")
	if err != nil {
		t.Fatal(err)
	}
	var doors []door
	var have []string
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) != 4 {
			t.Fatalf("the row %q has not four columns", line)
		}
		d := door{method: f[0], path: f[1], who: f[2]}
		d.kind, d.noun, _ = strings.Cut(f[3], ":")
		doors = append(doors, d)
		have = append(have, d.method+" "+d.path)
	}
	want := Patterns()
	for _, p := range want {
		if !slices.Contains(have, p) {
			t.Errorf("%s has no row in testdata/doors.txt: say who may come there with whose ids", p)
		}
	}
	for i, p := range have {
		if !slices.Contains(want, p) {
			t.Errorf("testdata/doors.txt has a row for %s, which is no address of the program", p)
		}
		if slices.Contains(have[:i], p) {
			t.Errorf("testdata/doors.txt has two rows for %s", p)
		}
	}
	return doors
}

// caller is somebody at the door.
type caller struct {
	name, house, self string // house and self own what the caller may reach
	may               []string
	client            *http.Client
	key               string
}

// matrix is a server with two institutions, what belongs to whom, and who comes.
type matrix struct {
	t       *testing.T
	d       *demoServer
	callers []caller
	ids     map[string]map[string]string // noun → owner → id
	names   map[string][]string          // owner → what nobody else may read
	bodies  map[string]api.Example
}

// answer is what a caller got, with what differs from call to call taken out.
type answer struct {
	status   int
	location string
	body     string
}

var volatile = regexp.MustCompile(`"?(request_?[iI]d|instance)"?[:=] ?"?[A-Za-z0-9/:_-]+"?`)

func (m *matrix) send(c *caller, dr *door, id string) answer {
	m.t.Helper()
	path := parameter.ReplaceAllLiteralString(dr.path, url.PathEscape(id))
	act := "suspend"
	if strings.HasPrefix(dr.path, "/desk/programs/hooks/") {
		act = "enable"
	} else if strings.HasPrefix(dr.path, "/desk/programs/") {
		act = "revoke"
	}
	if strings.HasPrefix(dr.path, "/desk/definitions/") {
		act = "approve"
	} else if strings.HasPrefix(dr.path, "/desk/frameworks/") {
		act = "hide"
	}
	path = strings.NewReplacer("{act}", act, "{form}", "text", "{position}", "0", "{piece}", "0", "{$}", "").Replace(path)
	// One form for all: every field that some page asks for, so that a refusal is about who asks and not about what.
	body, kind := url.Values{"reason": {"A test"}, "text": {"A test"}, "version": {"1"}, "email": {"mail@example.org"}, "name": {"A test"}, "title": {"A test"},
		"answer": {"no"}, "kind": {"grade"}, "type": {"Achievement"}, "description": {"A test"}, "label": {"A test"}, "passcode": {"wrong"}, "two-people": {"yes"}}.Encode(), "application/x-www-form-urlencoded"
	if ex, ok := m.bodies[dr.method+" "+dr.path]; ok {
		body, kind = ex.Body, cmp.Or(ex.ContentType, "application/json")
	} else if strings.HasPrefix(path, "/ims/") || strings.HasPrefix(path, "/vc-api/") || strings.HasPrefix(path, "/oid4vci/") || strings.HasPrefix(path, "/oauth/register") {
		body, kind = "{}", "application/json"
	}
	if dr.method == http.MethodGet {
		body = ""
	}
	req, err := http.NewRequestWithContext(m.t.Context(), dr.method, m.d.base+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Origin", m.d.base)
	}
	req.Header.Set("If-Match", `"1"`)
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	res, err := c.client.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	b = bytes.ReplaceAll(b, []byte(res.Header.Get(RequestIDHeader)), []byte("REQUEST"))
	if id != "" {
		b = bytes.ReplaceAll(b, []byte(id), []byte("ID"))
	}
	location := res.Header.Get("Location")
	if id != "" {
		location = strings.ReplaceAll(location, id, "ID")
	}
	return answer{res.StatusCode, location, string(volatile.ReplaceAll(b, nil))}
}

// refused: the caller was turned away, and learned no name that is not theirs.
func (m *matrix) refused(c *caller, dr *door, owner, id string) answer {
	m.t.Helper()
	a := m.send(c, dr, id)
	where := fmt.Sprintf("%s: %s %s with %s", c.name, dr.method, dr.path, owner)
	toSignIn := a.status == http.StatusSeeOther && strings.HasPrefix(a.location, "/sign-in")
	if !toSignIn && (a.status < 400 || a.status >= 500) {
		m.t.Errorf("%s: status %d %s, want a refusal", where, a.status, a.location)
	}
	m.silent(c, where, a, false)
	return a
}

// silent: the answer names nobody whom the caller may not know; whole: everybody of the caller's institution may be named.
func (m *matrix) silent(c *caller, where string, a answer, whole bool) {
	m.t.Helper()
	for owner, names := range m.names {
		if owner == c.self || owner == c.house || whole && owner[:1] == c.house {
			continue
		}
		for _, n := range names {
			if strings.Contains(a.body, n) || strings.Contains(a.location, n) {
				m.t.Errorf("%s: the answer (%d) names %q, who is %s", where, a.status, n, owner)
			}
		}
	}
}

// owned lists whose ids there are of a noun, the caller's own apart from the others'.
func (m *matrix) owned(c *caller, dr *door) (own string, others []string) {
	mine := c.house
	if dr.kind == "self" || c.self != "" { // of what belongs to an institution, a learner reaches what is about them
		mine = c.self
	}
	for owner, id := range m.ids[dr.noun] {
		switch {
		case owner == mine:
			own = id
		case len(owner) == len(mine): // of the same kind: institutions, or learners
			others = append(others, owner)
		}
	}
	slices.Sort(others)
	return own, others
}

const invented = "01890000-0000-7000-8000-00000000beef"

// deny asks for everything that must be refused: by who it is, then by whose it is.
func (m *matrix) deny(c *caller, dr *door) {
	entitled := slices.Contains(c.may, dr.who)
	switch {
	case !entitled && dr.kind == "-":
		m.refused(c, dr, "no id", "")
	case !entitled:
		m.refused(c, dr, "an invented id", invented)
		for _, owner := range []string{"A", "A1"} { // where the role is refused, one that exists says enough
			if id := m.ids[dr.noun][owner]; id != "" {
				m.refused(c, dr, owner+"'s "+dr.noun, id)
			}
		}
	case dr.kind == "self" || dr.kind == "house":
		unknown := m.refused(c, dr, "an invented id", invented)
		_, others := m.owned(c, dr)
		for _, owner := range others {
			known := m.refused(c, dr, owner+"'s "+dr.noun, m.ids[dr.noun][owner])
			if known != unknown {
				m.t.Errorf("%s: %s %s: %s's %s is told from one that does not exist:\n%v\n%v", c.name, dr.method, dr.path, owner, dr.noun, known, unknown)
			}
		}
	case dr.kind == "secret" || dr.kind == "open":
		m.refused(c, dr, "an invented id", invented)
	}
}

// reach asks for what the caller may have: it is there, it works, and it tells of nobody else.
func (m *matrix) reach(c *caller, dr *door) {
	if !slices.Contains(c.may, dr.who) {
		return
	}
	id := ""
	if dr.kind == "self" || dr.kind == "house" {
		if id, _ = m.owned(c, dr); id == "" {
			return // this caller has none
		}
	} else if dr.kind != "-" {
		return // deny asks for what is invented; what is public has its own tests
	}
	a := m.send(c, dr, id)
	where := fmt.Sprintf("%s: %s %s", c.name, dr.method, dr.path)
	gone := strings.HasSuffix(dr.path, "/did.json") // of institutions and verifiers that have a domain of their own
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusNotFound && !gone || strings.HasPrefix(a.location, "/sign-in?") {
		m.t.Errorf("%s: status %d %s, but it is theirs\n%.600s", where, a.status, a.location, a.body)
	}
	if a.status >= 500 {
		m.t.Errorf("%s: status %d\n%s", where, a.status, a.body)
	}
	if dr.path == "/achievements" { // the public catalogue: every house's, for everybody
		return
	}
	m.silent(c, where, a, c.self == "")
}

// TestAuthorizationMatrix asks, as everybody, for every address with everybody's ids.
func TestAuthorizationMatrix(t *testing.T) {
	doors := readDoors(t)
	m := newMatrix(t)
	for _, dr := range doors {
		if dr.kind == "self" || dr.kind == "house" {
			if len(m.ids[dr.noun]) < 2 {
				t.Fatalf("there are %d of the noun %s; the matrix needs one of each side", len(m.ids[dr.noun]), dr.noun)
			}
		}
	}
	before := m.events()
	for i := range doors {
		for j := range m.callers {
			m.deny(&m.callers[j], &doors[i])
		}
	}
	if after := m.events(); after != before {
		t.Errorf("what was refused left %d events, want none", after-before)
	}
	for i := range doors {
		for j := range m.callers {
			m.reach(&m.callers[j], &doors[i])
		}
	}
}

// events counts what both institutions have seen happen.
func (m *matrix) events() (n int) {
	m.t.Helper()
	err := m.d.DB.View(m.t.Context(), func(tx *store.Tx) error {
		all, err := tx.Institutions(m.t.Context())
		for _, i := range all {
			if err == nil {
				var seq int64
				seq, _, err = tx.AuditHead(m.t.Context(), i.ID)
				n += int(seq)
			}
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}
