package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestContainerHoldsTheProgram does what deploy/Containerfile says without a container engine: the program is built as
// written there, put alone into an empty root as the user named there, and run.
func TestContainerHoldsTheProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program anew")
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("SKIP: entering an empty root needs root on Linux")
	}
	file := read(t, "../../deploy/Containerfile")
	build := regexp.MustCompile(`CGO_ENABLED=0 go build (.*) -o /laurel (\S+)`).FindStringSubmatch(file)
	if build == nil {
		t.Fatal("the Containerfile does not say how the program is built")
	}
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(root, "var/lib/laurel")
	for _, dir := range []string{data, filepath.Join(root, "tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 65532
	if err := os.Chown(data, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", append(append([]string{"build"}, strings.Fields(build[1])...), "-o", filepath.Join(root, "laurel"), "github.com/openlaurel/laurel/cmd/laurel")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, args := range [][]string{
		{"config", "check", "--public-url", "https://records.example.edu"},
		{"institution", "add", "Example", "--slug", "example", "--public-url", "https://records.example.edu"},
		{"backup", "--out", "/var/lib/laurel/b.gz"},
		{"restore", "--check", "/var/lib/laurel/b.gz"},
	} {
		if args[0] == "restore" { // its temporary folder is the image's
			if err := os.Chmod(filepath.Join(root, "tmp"), 0o1777); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(filepath.Join(root, "tmp"), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		run := exec.Command("/laurel", args...)
		run.Dir = "/"
		run.Env = []string{"LAUREL_DATA=/var/lib/laurel"}
		run.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("laurel %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// TestUnitCallsWhatExists: every command and flag of the systemd unit is one of the program's.
func TestUnitCallsWhatExists(t *testing.T) {
	calls := regexp.MustCompile(`(?m)^Exec\w+=/usr/local/bin/laurel (.*)$`).FindAllStringSubmatch(read(t, "../../deploy/laurel.service"), -1)
	if len(calls) != 2 {
		t.Fatalf("%d calls, want 2", len(calls))
	}
	settings := filepath.Join(t.TempDir(), "laurel.toml")
	if err := os.WriteFile(settings, []byte("public-url = \"https://records.example.edu\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		args := strings.Fields(strings.NewReplacer("/etc/laurel/laurel.toml", settings, "/var/lib/laurel", t.TempDir(), "serve ", "config check ").Replace(c[1]))
		var out strings.Builder
		if code := run(t.Context(), args, streams{strings.NewReader(""), &out, &out}); code != exitDone {
			t.Errorf("%s: exit %d: %s", c[1], code, out.String())
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
