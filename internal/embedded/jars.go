package embedded

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// KafkaVersion is the Apache Kafka that pom.xml names.
const KafkaVersion = "4.3.1"

//go:embed pom.xml
var pom []byte

// FetchKafka returns the folder of the broker's jars, fetching them by mvn the
// first time. The folder is in the user's cache and comes into being whole, so
// that many callers at once, and one that is killed, are safe.
func FetchKafka(ctx context.Context, log *slog.Logger) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w", err)
	}
	home := filepath.Join(cache, "tellonce")
	jars := filepath.Join(home, "kafka-"+KafkaVersion)
	if isFolder(jars) {
		return jars, nil
	}
	if err := os.MkdirAll(home, 0o755); err != nil { // a cache of public files
		return "", fmt.Errorf("make cache folder: %w", err)
	}
	one := flock.New(jars + ".lock")
	if _, err := one.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return "", fmt.Errorf("wait for another fetch of Kafka: %w", err)
	}
	defer func() { _ = one.Close() }()
	if isFolder(jars) {
		return jars, nil
	}
	return jars, fetchJars(ctx, home, jars, log)
}

func fetchJars(ctx context.Context, home, jars string, log *slog.Logger) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return errors.New("fetch Apache Kafka: mvn is not installed (Debian: apt-get install maven openjdk-17-jre-headless)")
	}
	fresh, err := os.MkdirTemp(home, "fetching-")
	if err != nil {
		return fmt.Errorf("make folder for Kafka's jars: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := os.WriteFile(filepath.Join(fresh, "pom.xml"), pom, 0o600); err != nil {
		return fmt.Errorf("write pom.xml: %w", err)
	}
	log.InfoContext(ctx, "fetching Apache Kafka", "version", KafkaVersion, "into", jars)
	out := filepath.Join(fresh, "jars")
	cmd := exec.CommandContext(ctx, mvn, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory="+out)
	cmd.Dir = fresh
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch Apache Kafka %s by mvn: %w: %s", KafkaVersion, err, lastLines(said, 8))
	}
	if err := os.Rename(out, jars); err != nil {
		return fmt.Errorf("put Kafka's jars in place: %w", err)
	}
	return nil
}

func isFolder(path string) bool {
	at, err := os.Stat(path)
	return err == nil && at.IsDir()
}
