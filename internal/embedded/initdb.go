package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// initialise makes the database beside its place and moves it there whole, so
// that a crash half-way leaves nothing that looks finished.
func (p *Postgres) initialise(ctx context.Context) error {
	fresh := filepath.Join(p.clusterDir(), "data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear %s: %w", fresh, err)
	}
	if err := os.MkdirAll(p.clusterDir(), 0o700); err != nil {
		return fmt.Errorf("make database folder: %w", err)
	}
	password := filepath.Join(p.clusterDir(), "password")
	if err := os.WriteFile(password, []byte(p.access.Superuser+"\n"), 0o600); err != nil {
		return fmt.Errorf("write password for initdb: %w", err)
	}
	defer func() { _ = os.Remove(password) }()
	if err := errors.Join(p.servant.owns(p.clusterDir()), p.servant.owns(password)); err != nil {
		return err
	}
	args := []string{"-U", superRole, "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"}
	if p.opts.Volatile {
		args = append(args, "--no-sync")
	}
	cmd, release, err := p.command(ctx, "initdb", "data.new", args...)
	if err != nil {
		return err
	}
	defer release()
	cmd.Args = append(cmd.Args, "--pwfile="+p.inside("password"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make database in %s: %w: %s", p.opts.Dir, err, lastLines(out, 5))
	}
	if err := os.Rename(fresh, p.dataDir()); err != nil {
		return fmt.Errorf("put new database in place: %w", err)
	}
	return nil
}

// inside is the path by which the server finds what is in its cluster folder.
// A servant may be unable to walk to the folder, whose parents are root's (a
// home, say). So it inherits the open folder as descriptor 3, and needs no
// right on the way to it.
func (p *Postgres) inside(name string) string {
	if p.servant != nil && byDescriptor {
		return "/proc/self/fd/3/" + name
	}
	return filepath.Join(p.clusterDir(), name)
}

// command is one of PostgreSQL's programs on a data folder, as the servant,
// with nothing of our environment but PATH. Call release once it has started.
func (p *Postgres) command(ctx context.Context, program, data string, args ...string) (*exec.Cmd, func(), error) {
	folder, err := os.Open(p.clusterDir())
	if err != nil {
		return nil, nil, fmt.Errorf("open database folder: %w", err)
	}
	args = append([]string{"-D", p.inside(data)}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join(p.binary.bin, program), args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	cmd.SysProcAttr = p.servant.procAttr()
	cmd.ExtraFiles = []*os.File{folder}
	return cmd, func() { _ = folder.Close() }, nil
}
