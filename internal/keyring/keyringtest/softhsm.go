// Package keyringtest offers tests a PKCS #11 token: SoftHSM, from Debian's package softhsm2.
package keyringtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/internal/keyring"
)

// modules are the places where packages put SoftHSM's library.
var modules = []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"}

// Label is the label of the token, PIN its user's.
const (
	Label = "Records office"
	PIN   = "a pin of tests"
)

// SoftHSM makes an empty token. SoftHSM reads its settings once in a process, so that a test binary calls this once. It skips
// where SoftHSM is missing, and fails there when CI=true.
func SoftHSM(t *testing.T) keyring.TokenOptions {
	t.Helper()
	module := ""
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			module = m
		}
	}
	tool, err := exec.LookPath("softhsm2-util")
	if module == "" || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("SoftHSM is missing, and CI=true: install softhsm2")
		}
		t.Skip("SoftHSM is missing: install softhsm2")
	}
	dir := t.TempDir()
	tokens, conf, pin := filepath.Join(dir, "tokens"), filepath.Join(dir, "softhsm2.conf"), filepath.Join(dir, "pin")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{conf: "directories.tokendir = " + tokens + "\nlog.level = ERROR\n", pin: PIN + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	out, err := exec.Command(tool, "--init-token", "--free", "--label", Label, "--pin", PIN, "--so-pin", "a pin of officers").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return keyring.TokenOptions{Module: module, Label: Label, PINFile: pin}
}
