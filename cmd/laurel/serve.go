package main

import (
	"context"

	"github.com/openlaurel/laurel/internal/server"
)

type serveCommand struct {
	server.Config
	File string `name:"config" env:"LAUREL_CONFIG" help:"Configuration file (TOML)."`
}

func (c *serveCommand) Run(ctx context.Context, std streams) error {
	if err := c.Config.Check(); err != nil {
		return err
	}
	return server.Run(ctx, c.Config, std.out, std.err)
}
