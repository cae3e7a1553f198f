package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	download "github.com/fergusstrange/embedded-postgres"
)

// oldestPostgres is the oldest major version that the read models work on.
const oldestPostgres = 15

// installed is a folder with initdb and postgres of one major version.
type installed struct {
	bin   string
	major int
}

// findPostgres looks for the binaries of one major version, or with major 0 of
// the newest at least 15: installed ones first, else a download that is kept.
func findPostgres(ctx context.Context, major int, log *slog.Logger) (installed, error) {
	found := installedPostgres(ctx)
	for _, i := range found {
		if i.major == major || (major == 0 && i.major >= oldestPostgres) {
			return i, nil
		}
	}
	got, err := downloadPostgres(ctx, major, log)
	if err != nil {
		want := fmt.Sprintf("PostgreSQL %d or later", oldestPostgres)
		if major != 0 {
			want = fmt.Sprintf("PostgreSQL %d, which wrote this folder's database", major)
		}
		return installed{}, fmt.Errorf("find %s in /usr/lib/postgresql or PATH (found %s), and download it: %w; install it (Debian: apt-get install postgresql) or name a running server by TELLONCE_DATABASE_URL",
			want, versions(found), err)
	}
	return got, nil
}

func versions(found []installed) string {
	if len(found) == 0 {
		return "none"
	}
	var out []string
	for _, i := range found {
		out = append(out, strconv.Itoa(i.major))
	}
	return strings.Join(out, ", ")
}

// installedPostgres lists what this machine has, newest first.
func installedPostgres(ctx context.Context) []installed {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	dirs = append(dirs, filepath.SplitList(os.Getenv("PATH"))...)
	var found []installed
	for _, dir := range dirs {
		if major, err := majorVersion(ctx, dir); err == nil {
			found = append(found, installed{bin: dir, major: major})
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].major > found[b].major })
	return found
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func majorVersion(ctx context.Context, bin string) (int, error) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return 0, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("read version of %s: %q", bin, out)
	}
	return strconv.Atoi(string(m[1]))
}

// downloadPostgres fetches and unpacks the binaries. The library can only do
// that as the first part of starting a server of its own, and that start fails
// where we are root; what counts is that the binaries are there afterwards.
func downloadPostgres(ctx context.Context, major int, log *slog.Logger) (installed, error) {
	version, ok := map[int]download.PostgresVersion{
		0: download.V18, 15: download.V15, 16: download.V16, 17: download.V17, 18: download.V18,
	}[major]
	if !ok {
		return installed{}, fmt.Errorf("no download for version %d", major)
	}
	home, err := cacheHome()
	if err != nil {
		return installed{}, err
	}
	dir := filepath.Join(home, "postgresql-"+string(version))
	bin := filepath.Join(dir, "bin")
	if got, err := majorVersion(ctx, bin); err == nil {
		return installed{bin: bin, major: got}, nil
	}
	if err := os.MkdirAll(home, 0o755); err != nil { // the servant executes from here
		return installed{}, fmt.Errorf("make cache folder: %w", err)
	}
	fresh, err := os.MkdirTemp(home, "unpacking-")
	if err != nil {
		return installed{}, fmt.Errorf("make cache folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	log.InfoContext(ctx, "downloading PostgreSQL", "version", string(version), "into", dir)
	port, err := FreePort()
	if err != nil {
		return installed{}, err
	}
	unpacked := filepath.Join(fresh, "binaries")
	server := download.NewDatabase(download.DefaultConfig().Version(version).Port(uint32(port)).
		CachePath(filepath.Join(fresh, "archive")).RuntimePath(filepath.Join(fresh, "run")).
		DataPath(filepath.Join(fresh, "data")).BinariesPath(unpacked).Logger(io.Discard))
	startErr := server.Start()
	if startErr == nil {
		if err := server.Stop(); err != nil {
			return installed{}, fmt.Errorf("stop the downloaded PostgreSQL: %w", err)
		}
	}
	got, err := majorVersion(ctx, filepath.Join(unpacked, "bin"))
	if err != nil {
		return installed{}, errors.Join(startErr, err)
	}
	if err := os.Chmod(unpacked, 0o755); err != nil { // as above
		return installed{}, fmt.Errorf("open the unpacked PostgreSQL to its user: %w", err)
	}
	// Another process may have put it there meanwhile: the same files.
	if err := os.Rename(unpacked, dir); err != nil {
		if _, missing := majorVersion(ctx, bin); missing != nil {
			return installed{}, fmt.Errorf("put the unpacked PostgreSQL in place: %w", err)
		}
	}
	return installed{bin: bin, major: got}, nil
}

// cacheHome is where downloads are kept between runs, outside of any
// repository. Root's own cache cannot be entered by the servant, so for root it
// is the machine's.
func cacheHome() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/tellonce", nil
	}
	home, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w", err)
	}
	return filepath.Join(home, "tellonce"), nil
}
