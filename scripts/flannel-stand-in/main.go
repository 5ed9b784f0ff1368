// A stand-in for the reference flannel, for `npm run bench`: it does for ADD what flannel does on Windows, by
// the same calls of the system: reads stdin and subnet.env, writes the scratch file, runs the delegate. The
// reference itself is not to be had as a Go module.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

type config struct {
	Name       string                 `json:"name"`
	CNIVersion string                 `json:"cniVersion"`
	SubnetFile string                 `json:"subnetFile"`
	DataDir    string                 `json:"dataDir"`
	Delegate   map[string]interface{} `json:"delegate"`
	IPAM       map[string]interface{} `json:"ipam"`
}

func main() {
	if err := add(); err != nil {
		fmt.Printf(`{"code": 999, "msg": %q}`, err.Error())
		os.Exit(1)
	}
}

func add() error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var read config
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	lines, err := os.ReadFile(read.SubnetFile)
	if err != nil {
		return err
	}
	env := map[string]string{}
	for _, line := range strings.Split(string(lines), "\n") {
		if key, value, found := strings.Cut(strings.TrimSpace(line), "="); found {
			env[key] = value
		}
	}
	_, subnet, err := net.ParseCIDR(env["FLANNEL_SUBNET"])
	if err != nil {
		return err
	}
	delegate := read.Delegate
	delegate["name"] = read.Name
	delegate["cniVersion"] = read.CNIVersion
	delegate["ipMasq"] = env["FLANNEL_IPMASQ"] == "true"
	delegate["ipMasqNetwork"] = env["FLANNEL_NETWORK"]
	// The reference leaves ipam.dataDir out; the bench keeps each node's leases in its own folder.
	delegate["ipam"] = map[string]interface{}{
		"type": "host-local", "subnet": subnet.String(), "dataDir": read.IPAM["dataDir"],
	}
	written, err := json.Marshal(delegate)
	if err != nil {
		return err
	}
	if err := remember(read.DataDir, written); err != nil {
		return err
	}
	plugin := filepath.Join(os.Getenv("CNI_PATH"), fmt.Sprintf("%v.exe", delegate["type"]))
	run := exec.Command(plugin)
	run.Stdin, run.Stderr = bytes.NewReader(written), os.Stderr
	answer, err := run.Output()
	if err != nil {
		return fmt.Errorf("%s: %v: %s", plugin, err, answer)
	}
	_, err = os.Stdout.Write(answer)
	return err
}

func remember(folder string, text []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(folder, os.Getenv("CNI_CONTAINERID")))
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}
