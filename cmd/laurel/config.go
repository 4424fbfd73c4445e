package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/pelletier/go-toml/v2"

	"github.com/openlaurel/laurel/internal/server"
)

type configCommand struct {
	Check configCheckCommand `cmd:"" help:"Say what is wrong with the settings, or that nothing is."`
	Show  configShowCommand  `cmd:"" help:"Show the settings as they are in force, secrets masked."`
}

type configCheckCommand struct {
	server.Config
	File string `name:"config" env:"LAUREL_CONFIG" help:"Configuration file (TOML)."`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

func (c *configCheckCommand) Run(std streams) error {
	err := c.Config.Check()
	if c.JSON {
		problems := []string{}
		if err != nil {
			problems = strings.Split(err.Error(), "\n")
		}
		if werr := writeJSON(std, map[string]any{"ok": err == nil, "problems": problems}); werr != nil {
			return werr
		}
		if err != nil {
			return exitStatus(exitRefused)
		}
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "The settings are good; the server would be reached at %s\n", c.BaseURL())
	return err
}

type configShowCommand struct {
	server.Config
	File string `name:"config" env:"LAUREL_CONFIG" help:"Configuration file (TOML)."`
	JSON bool   `name:"json" help:"Print the settings as JSON."`
}

func (c *configShowCommand) Run(std streams) error {
	shown := settings(c.Config.Shown())
	if c.JSON {
		all := map[string]any{}
		for _, s := range shown {
			all[s.name] = s.value
		}
		return writeJSON(std, all)
	}
	for _, s := range shown {
		if _, err := fmt.Fprintf(std.out, "%-20s %v\n", s.name, s.value); err != nil {
			return err
		}
	}
	return nil
}

type setting struct {
	name  string
	value any
}

// settings lists a configuration by the names of its flags.
func settings(c server.Config) []setting {
	var out []setting
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		out = append(out, setting{v.Type().Field(i).Tag.Get("name"), fmt.Sprint(v.Field(i).Interface())})
	}
	return out
}

// fileSettings are the values of a configuration file. A flag beats an environment variable beats the file: kong lets a
// resolver win over the environment, so it stays silent for a flag whose variable is set.
type fileSettings struct {
	name   string
	values map[string]any
}

// readSettings reads a TOML file whose keys are the names of server.Config's flags; an unknown key is refused.
func readSettings(name string) (*fileSettings, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &exitError{code: exitIO, err: fmt.Errorf("configuration file %s cannot be read: %w", name, cause(err))}
	}
	f := &fileSettings{name: name, values: map[string]any{}}
	if err := toml.Unmarshal(data, &f.values); err != nil {
		return nil, fmt.Errorf("configuration file %s: %w", name, err)
	}
	var known []string
	for _, s := range settings(server.Config{}) {
		known = append(known, s.name)
	}
	for k := range f.values {
		if !slices.Contains(known, k) {
			return nil, fmt.Errorf("configuration file %s: unknown key %q; the keys are %s", name, k, strings.Join(known, ", "))
		}
	}
	return f, nil
}

// Validate implements kong.Resolver.
func (f *fileSettings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (f *fileSettings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	v, ok := f.values[flag.Name]
	if !ok {
		return nil, nil
	}
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, p := range list {
			parts[i] = fmt.Sprint(p)
		}
		return strings.Join(parts, ","), nil
	}
	return fmt.Sprint(v), nil
}

// configFile finds --config before flags are parsed, because the file takes part in parsing them.
func configFile(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("LAUREL_CONFIG")
}
