using Wharf.Build.Copying;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Engine.Host;
using Wharf.Engine.Mounts;
using Wharf.Engine.Networks;
using Wharf.Engine.Streams;
using Wharf.Oci.Distribution;
using Wharf.Linux;
using Wharf.Network.Addressing;
using Wharf.Network.Files;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Templates;

namespace Wharf.Fuzz;

/// <summary>Every parser of text: what users type, what images and files of the host say.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> All => [.. Text, .. BinaryTargets.All];

    private static IReadOnlyList<Target> Text =>
    [
        Target.Text("dockerfile", text => StageList.Parse(text),
        [
            "# syntax=docker/dockerfile:1\nARG V=1\nFROM busybox:${V:-latest} AS base\nRUN echo hi && \\\n  true\nCOPY --from=base --chown=1:2 a b /c/\n",
            "FROM scratch\nRUN <<EOF\necho a\nEOF\nCOPY <<'A' <<-B /x/\n one\nA\n\ttwo\nB\n", "# escape=`\nFROM a\nCMD [\"a\", \"b\"]\nHEALTHCHECK --interval=5s CMD true\nONBUILD RUN x\nEXPOSE 80/tcp 90-99\n",
            "FROM a\nENV A=b C=\"d e\" F='g'\nLABEL x=y\nVOLUME [\"/a\"]\nUSER 1:2\nWORKDIR /x\nSTOPSIGNAL SIGTERM\nSHELL [\"sh\"]\nADD --checksum=sha256:00 http://x/y z\n",
            "FROM a\nRUN --mount=type=cache,target=/x,id=y --network=none --security=insecure true\n",
        ]),
        Target.Text("run-mount", text => RunMount.Parse(text), ["type=bind,source=a,target=/b,rw", "type=cache,target=/c,id=x,sharing=locked,mode=0755,uid=1", "type=secret,id=s,required", "type=tmpfs,target=/t,size=1m"]),
        Target.Text("file-mode", text => ModeChange.Parse(text), ["0755", "u+x,g-w,o=rX", "a=", "4755"]),
        Target.Text("dockerignore", text =>
        {
            IgnorePatterns patterns = IgnorePatterns.Parse(text);
            _ = patterns.IsIgnored("a/b/c.txt") | patterns.IsIgnored("x") | patterns.CanSkipBelow("a");
        }, ["*.txt\n!keep.txt\n**/node_modules\n# c\n", "a?[b-d]/**/*.[!ch]\n/abs/\n!\\#x\n"]),
        Target.Text("reference", text =>
        {
            if (ImageReference.TryParse(text, out ImageReference? reference))
            {
                _ = ImageReference.Parse(reference.ToString());
            }
        }, ["busybox", "docker.io/library/busybox:latest", "localhost:5000/a/b_c/d--e:v1.0-x@sha256:" + new string('a', 64), "[::1]:5000/x"]),
        Target.Text("digest", text => Ignore(Digest.TryParse(text, out _)), ["sha256:" + new string('0', 64), "sha512:" + new string('f', 128)]),
        Target.Text("template", text => Template.Parse(text).Execute(new Dictionary<string, object?> { ["Name"] = "x", ["List"] = new List<object?> { 1L, "two", null } }),
            ["{{.Name}}", "{{range $i, $e := .List}}{{$i}}={{$e}}{{else}}none{{end}}", "{{if and .Name (eq 1 1)}}a{{else if not .X}}b{{end}}", "{{json .}}{{printf \"%-10s|%5.2f|%x\" .Name 1.5 255}}", "{{with .List}}{{index . 1 | upper}}{{end}}{{/* c */}}", "{{- \"a\" -}} {{define \"t\"}}x{{end}}{{template \"t\" .}}", "{{slice .Name 0 1}}{{len .List}}{{pad .Name 1 2}}{{truncate .Name 3}}"],
            typeof(TemplateException)),
        Target.Text("duration", text => Ignore(GoDuration.TryParse(text, out _)), ["1h30m", "-1.5s", "300ms", "1us", "0", "9223372036854775807ns"]),
        Target.Text("signal", text => Ignore(Signal.TryParse(text, out _)), ["SIGTERM", "term", "9", "RTMIN+3", "SIGRTMAX-1"]),
        Target.Text("capability", text => Ignore(Capability.TryParse(text, out _)), ["CAP_SYS_ADMIN", "net_raw", "ALL"]),
        Target.Text("platform", text => Platform.Parse(text), ["linux/amd64", "linux/arm/v7", "windows(10.0.17763)/amd64", "arm64"]),
        Target.Text("time", text => Ignore(Rfc3339.TryParse(text, out _)), ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.123456789+01:00", "0001-01-01T00:00:00Z"]),
        Target.Text("filters", text => FilterSet.Parse(text), ["{\"label\":{\"a=b\":true}}", "{\"name\":[\"x\"]}", "{\"status\":{\"running\":true,\"exited\":false}}"]),
        Target.Text("bind", text => BindSpecification.Parse(text, "local"), ["/a:/b:ro,rshared", "vol:/b:nocopy", "/b", "/a:/b:z,rprivate"]),
        Target.Text("exposed-port", text => PortSpecification.ParseExposed(text), ["80/tcp", "8000-8010/udp", "53"]),
        Target.Text("tmpfs", text => TmpfsOptions.Parse(text), ["size=64m,mode=1777,noexec", "rw,uid=1,gid=2,nr_inodes=10k"]),
        Target.Text("cpuset", text => CpuSet.Parse(text), ["0-3,5", "0", "1-1,2-4"]),
        Target.Text("detach-keys", text => DetachKeys.Parse(text), ["ctrl-p,ctrl-q", "a,b,ctrl-[", "ctrl-@"]),
        Target.Text("resolv.conf", text => ResolvConf.Parse(text), ["nameserver 1.1.1.1\nsearch a b\noptions ndots:5\n", "; c\nnameserver fe80::1%eth0\ndomain x\n"]),
        Target.Text("challenge", text => AuthChallenge.Parse([text]), ["Bearer realm=\"https://a/token\",service=\"x\",scope=\"repository:a:pull\"", "Basic realm=\"a \\\"b\\\"\"", "Negotiate, Basic realm=x"]),
        Target.Text("subnet", text => Ignore(Subnet.TryParse(text, out _)), ["172.17.0.0/16", "fd00::/64", "0.0.0.0/0"]),
        Target.Text("mac", text => Ignore(MacAddress.TryParse(text, out _)), ["02:42:ac:11:00:02", "0242.ac11.0002", "02-42-ac-11-00-02"]),
        Target.Text("mountinfo", text => MountTable.Parse(text), ["36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n", "1 0 0:1 / /a\\040b rw shared:1 propagate_from:2 - tmpfs tmpfs rw\n"], typeof(FormatException), typeof(OverflowException)),
        Target.Text("cgroups", text => ProcessCgroups.Parse(text), ["12:cpu,cpuacct:/a\n0::/b\n", "1:name=systemd:/\n"]),
        Target.Text("kernel-version", text => KernelVersion.Parse(text), ["6.1.0-56-cloud-amd64", "5.10", "4.4.0+"]),
    ];

    private static void Ignore(bool accepted) => _ = accepted;
}
