package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/mail"
)

func write(t *testing.T, l mail.Letter) *mail.Message {
	t.Helper()
	w, err := mail.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Write(&l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var signIn = mail.Letter{ID: "m-1", Name: "mail.sign-in", To: "amara@example.edu", Language: "en-GB", House: "Rowan & Valley", Link: "https://records.example.edu/sign-in/k?a=1&b=2"}

// parts reads a mail as a mail program does: its head, and its parts by media type.
func parts(t *testing.T, r io.Reader) (netmail.Header, map[string]string) {
	t.Helper()
	m, err := netmail.ReadMessage(r)
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for mr := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := mr.NextRawPart()
		if err == io.EOF {
			return m.Header, out
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		out[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	box := &mail.Outbox{Dir: dir}
	m := write(t, signIn)
	m.Off = "https://records.example.edu/mail-off/x"
	for range 2 { // the second attempt is the same mail
		if err := box.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	f, err := os.Open(filepath.Join(dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, _ := f.Stat(); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: others can read a sign-in link", info.Mode())
	}
	head, body := parts(t, f)
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if err != nil || subject != "Your sign-in link for Rowan & Valley" {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]string{"To": "<amara@example.edu>", "Message-Id": "<m-1@laurel.invalid>", "Auto-Submitted": "auto-generated", "List-Unsubscribe": "<" + m.Off + ">"} {
		if got := head.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(body["text/plain"], "\n"+signIn.Link+"\n") {
		t.Errorf("the text has no line with the link: %q", body["text/plain"])
	}
	if !strings.Contains(body["text/html"], `href="https://records.example.edu/sign-in/k?a=1&amp;b=2"`) || !strings.Contains(body["text/html"], "Rowan &amp; Valley") {
		t.Errorf("html: %q", body["text/html"])
	}
	for _, outside := range []string{"<img", "<link", "<script", "src="} {
		if strings.Contains(body["text/html"], outside) {
			t.Errorf("the mail loads something: %s", outside)
		}
	}
}

func TestLetters(t *testing.T) {
	hostile := "Eve\r\nBcc: all@example.org\n<script>alert(1)</script>" + strings.Repeat("x", 500)
	for _, name := range []string{"sign-in", "issued", "corrected", "revoked", "suspended", "restored", "expiring", "answered", "share-opened", "confirm", "guardian", "address"} {
		m := write(t, mail.Letter{ID: "x", Name: "mail." + name, To: "a@example.org", House: hostile, Link: "https://example.org/", Off: "https://example.org/off", Args: map[string]string{"Name": hostile, "Days": "30"}})
		if strings.ContainsAny(m.Subject, "\r\n") || len(m.Subject) > 1500 {
			t.Errorf("%s: subject %q", name, m.Subject)
		}
		if strings.Contains(m.HTML, "<script") || strings.Contains(m.Text, "{{") || strings.Contains(m.Text, "<no value>") {
			t.Errorf("%s: %s", name, m.Text)
		}
		if err := (&mail.Outbox{Dir: t.TempDir()}).Send(t.Context(), m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, err := mail.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(&mail.Letter{Name: "mail.no-such-letter"}); err == nil {
		t.Error("a letter without words was written")
	}
}

func TestAddress(t *testing.T) {
	for _, good := range []string{"a@example.org", " a@example.org ", "a+b@xn--bcher-kva.example"} {
		if _, err := mail.Address(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "a@", "A <a@example.org>", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", strings.Repeat("a", 300) + "@example.org"} {
		if got, err := mail.Address(bad); err == nil {
			t.Errorf("%q was taken as %q", bad, got)
		}
		err := (&mail.Outbox{Dir: t.TempDir()}).Send(t.Context(), &mail.Message{ID: "x", To: bad, Subject: "s", Text: "t"})
		if !mail.Permanent(err) {
			t.Errorf("%q: %v, want a permanent failure", bad, err)
		}
	}
}

func TestServerOptions(t *testing.T) {
	for _, good := range []string{"smtp://mail.example.edu", "smtps://me@mail.example.edu", "smtp://127.0.0.1:2525"} {
		if _, err := mail.NewSMTP(&mail.Options{URL: good, From: "records@example.edu"}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []mail.Options{{URL: "mail.example.edu", From: "a@example.edu"}, {URL: "http://mail.example.edu", From: "a@example.edu"},
		{URL: "smtp://mail.example.edu"}, {URL: "smtp://u:secret@mail.example.edu", From: "a@example.edu"}} {
		_, err := mail.NewSMTP(&bad)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// server is a mail server that answers one RCPT with a given line, and hands over what was sent.
func server(t *testing.T, rcpt string) (addr string, got chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		talk(c, rcpt, got)
	}()
	return l.Addr().String(), got
}

func talk(c net.Conn, rcpt string, got chan string) {
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220 ready\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " .")[0]); verb {
		case "EHLO", "HELO":
			fmt.Fprint(c, "250 localhost\r\n")
		case "RCPT":
			fmt.Fprint(c, rcpt+"\r\n")
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			var all strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				all.WriteString(line)
			}
			got <- all.String()
			fmt.Fprint(c, "250 taken\r\n")
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

func TestSMTP(t *testing.T) {
	send := func(rcpt string) (chan string, error) {
		addr, got := server(t, rcpt)
		s, err := mail.NewSMTP(&mail.Options{URL: "smtp://" + addr, From: "records@example.edu"})
		if err != nil {
			t.Fatal(err)
		}
		return got, s.Send(context.WithoutCancel(t.Context()), write(t, signIn))
	}
	got, err := send("250 ok")
	if err != nil {
		t.Fatal(err)
	}
	head, body := parts(t, strings.NewReader(<-got))
	if head.Get("From") != "<records@example.edu>" || head.Get("Message-Id") != "<m-1@example.edu>" || body["text/plain"] == "" {
		t.Errorf("head %v", head)
	}
	if _, err = send("550 5.1.1 no such person"); !mail.Permanent(err) {
		t.Errorf("an address that does not exist: %v, want permanent", err)
	}
	if _, err = send("451 4.2.1 later"); err == nil || mail.Permanent(err) {
		t.Errorf("a mail server that is busy: %v, want an error that passes", err)
	}
}
