package server

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
)

// TestKilledFillBeginsAgain: a demonstration whose first fill ended after any number of steps is whole after the next start.
func TestKilledFillBeginsAgain(t *testing.T) {
	for steps := range 3 {
		c := Config{Addr: "127.0.0.1:1", Data: t.TempDir(), Demo: true}
		s, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.markDemo(t.Context()); err != nil {
			t.Fatal(err)
		}
		inst, err := s.Registrar.AddInstitution(t.Context(), record.System(""), record.Institution{Slug: demoSlug, Name: "Half", BaseURL: c.BaseURL()})
		if err != nil {
			t.Fatal(err)
		}
		d := &seeding{Server: s, inst: inst, system: record.System(inst.ID), places: &demoPlaces{}}
		for _, step := range []func(context.Context) error{d.staff, d.awards}[:steps] {
			if err := step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		started(t, c)
		if _, err := os.Stat(c.demoMark()); !os.IsNotExist(err) {
			t.Errorf("after %d steps: the mark is still there: %v", steps, err)
		}
		places, err := os.ReadFile(filepath.Join(c.Data, "demo.json"))
		if err != nil {
			t.Fatal(err)
		}
		started(t, c)
		again, err := os.ReadFile(filepath.Join(c.Data, "demo.json"))
		if err != nil || string(again) != string(places) {
			t.Errorf("after %d steps: a finished demonstration was made anew: %v", steps, err)
		}
	}
}

// started does what Run does before it serves.
func started(t *testing.T, c Config) {
	t.Helper()
	if err := c.beginAgain(); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.demo(t.Context(), io.Discard); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestMarkSparesOthers: no mark is set, and so nothing is ever cleared, where an institution lives already.
func TestMarkSparesOthers(t *testing.T) {
	c := Config{Addr: "127.0.0.1:1", Data: t.TempDir(), Demo: true}
	s, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Registrar.AddInstitution(t.Context(), record.System(""), record.Institution{Slug: "real", Name: "Real", BaseURL: "https://real.example"}); err != nil {
		t.Fatal(err)
	}
	if err := s.markDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.demoMark()); !os.IsNotExist(err) {
		t.Errorf("a mark beside an institution: %v", err)
	}
}
