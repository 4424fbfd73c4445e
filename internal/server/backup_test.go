package server

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackupOfAWholeServer: the demonstration, backed up, cut at every part, changed at many bytes, and restored.
func TestBackupOfAWholeServer(t *testing.T) {
	s := startDemo(t)
	var file bytes.Buffer
	made, err := Backup(t.Context(), s.Config, true, &file)
	if err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()

	for _, cut := range []int{0, 1, 10, len(whole) / 3, len(whole) / 2, len(whole) - 9, len(whole) - 1} {
		if m, err := ReadBackup(bytes.NewReader(whole[:cut])); err == nil {
			t.Errorf("cut at %d of %d bytes it was read as whole: %+v", cut, len(whole), m)
		}
	}
	for at := 20; at < len(whole)-8; at += len(whole) / 50 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x10
		if _, err := ReadBackup(bytes.NewReader(bad)); err == nil {
			t.Errorf("with byte %d changed it was read as whole", at)
		}
	}

	c := Config{Data: filepath.Join(t.TempDir(), "restored")}
	r, err := Restore(t.Context(), c, bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if r.Credentials == 0 || r.Events == 0 || r.KeysOpen == 0 || r.KeysLocked != 0 || r.Manifest.Rows() != made.Rows() {
		t.Errorf("restored %+v of %d rows", r, made.Rows())
	}
	if _, err := Restore(t.Context(), c, bytes.NewReader(whole)); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restored over a full database: %v", err)
	}

	// Another identity is never written over.
	other := Config{Data: t.TempDir()}
	if err := os.WriteFile(filepath.Join(other.Data, "keyring.age-identity"), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), other, bytes.NewReader(whole)); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("another identity was no hindrance: %v", err)
	}
}
