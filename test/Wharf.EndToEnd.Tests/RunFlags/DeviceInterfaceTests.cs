using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Devices by name, as files of the Container Device Interface describe them.</summary>
public sealed class DeviceInterfaceTests
{
    [Fact]
    public void NamedDevices_BringNodesMountsAndVariables()
    {
        string folder = Path.Combine("/var/tmp", "wharf-cdi-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "note"), "from the driver");
        File.WriteAllText(Path.Combine(folder, "vendor.json"), $$$"""
            {"cdiVersion":"0.6.0","kind":"vendor.com/widget",
             "devices":[{"name":"one","containerEdits":{"env":["WIDGET=one"],"deviceNodes":[{"path":"/dev/widget1","hostPath":"/dev/kmsg","permissions":"r"}]}},
                        {"name":"two","containerEdits":{"env":["SECOND=two"],"additionalGids":[4242]}},
                        {"name":"tuned","containerEdits":{"intelRdt":{"closID":"x"} } } ],
             "containerEdits":{"env":["COMMON=yes"],"mounts":[{"hostPath":"{{{folder}}}/note","containerPath":"/driver/note","options":["ro","bind"]}]}}
            """);
        try
        {
            using var engine = new Engine("--cdi-spec-dir", folder);
            engine.Load("busybox");
            foreach (var client in Enum.GetValues<Client>())
            {
                string text = engine.Run(client, "run", "--rm", "--device", "vendor.com/widget=one", "--device", "vendor.com/widget=two", "busybox",
                    "sh", "-c", "env; cat /driver/note; echo; stat -c %F /dev/widget1; id -G; (echo x > /dev/widget1) 2>&1; touch /driver/note 2>&1; true").Ok().Out;
                Assert.Contains("WIDGET=one\n", text);
                Assert.Contains("SECOND=two\n", text);
                Assert.Contains("COMMON=yes\n", text);
                Assert.Contains("from the driver\ncharacter special file\n", text);
                Assert.Contains("4242", text);
                Assert.Contains("not permitted", text);
                Assert.Contains("Read-only", text);
                engine.Run(client, "run", "--rm", "--device", "vendor.com/widget=none", "busybox", "true").Fails(125, "CDI device injection failed: unresolvable CDI devices vendor.com/widget=none");
                engine.Run(client, "run", "--rm", "--device", "vendor.com/widget=tuned", "busybox", "true").Fails(125, "\"intelRdt\"");
            }

            Assert.Contains(folder, engine.Run(Client.Docker, "info", "-f", "{{.CDISpecDirs}}").Ok().Text);
            foreach (var client in Enum.GetValues<Client>())
            {
                Assert.Equal("cdi vendor.com/widget=one,cdi vendor.com/widget=two,cdi vendor.com/widget=tuned,",
                    engine.Run(client, "info", "-f", "{{range .DiscoveredDevices}}{{.Source}} {{.ID}},{{end}}").Ok().Text);
            }

            Assert.Equal("", engine.Run(Client.Docker, "ps", "-aq").Ok().Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void YamlFile_BringsNodesOfTheUserAndRunsHooksAtTheirPlaces()
    {
        string folder = Path.Combine("/var/tmp", "wharf-cdi-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        string trace = Path.Combine(folder, "trace");
        // Reads the state on its input and the specification in its bundle, as drivers' hooks do: createContainer ones write below the root that it names.
        File.WriteAllText(Path.Combine(folder, "hook"), $$"""
            #!/bin/sh
            state=$(cat); bundle=$(echo "$state" | sed 's/.*"bundle":"\([^"]*\)".*/\1/'); root=$(sed 's/.*"root":{"path":"\([^"]*\)".*/\1/' "$bundle/config.json")
            echo "$1 $SAID $(echo "$state" | sed 's/.*"status":"\([^"]*\)".*/\1/')" >> {{trace}}
            [ "$1" != createContainer ] || echo "made by a hook" > "$root/from-hook"
            [ "$1" != failing ]
            """);
        File.SetUnixFileMode(Path.Combine(folder, "hook"), (UnixFileMode)0b111_101_101);
        string Hook(string point, string said) => $"      - {{hookName: {point}, path: {folder}/hook, args: [hook, {said}], env: [SAID=yes, PATH=/bin:/usr/bin]}}\n";
        File.WriteAllText(Path.Combine(folder, "vendor.yaml"), $$"""
            # as a driver's generator writes it
            ---
            cdiVersion: 0.6.0
            kind: "vendor.com/gadget"
            devices:
              - name: "0"
                containerEdits:
                  deviceNodes:
                    - path: /dev/gadget0
                      hostPath: /dev/null
                    - {path: /dev/gadgetctl, hostPath: /dev/zero, fileMode: 0o640, uid: 7, gid: 8, permissions: r}
                    - {path: /dev/gadgetpipe, type: p}
            containerEdits:
              env:
                - GADGET=all
              hooks:
            {{string.Concat(((string[])["createRuntime", "createContainer", "poststart", "poststop"]).Select(p => Hook(p, p)))}}
            """);
        File.WriteAllText(Path.Combine(folder, "broken.yaml"), $"cdiVersion: 0.6.0\nkind: vendor.com/broken\ndevices:\n- name: failing\n  containerEdits:\n    hooks:\n{Hook("createRuntime", "failing")}");
        File.WriteAllText(Path.Combine(folder, "twice.yaml"), "cdiVersion: 0.6.0\nkind: vendor.com/other\ndevices: [{name: a, containerEdits: {env: [A=1]}}]\n");
        File.WriteAllText(Path.Combine(folder, "twice2.json"), """{"cdiVersion":"0.6.0","kind":"vendor.com/other","devices":[{"name":"a","containerEdits":{"env":["A=2"]}}]}""");
        try
        {
            using var engine = new Engine("--cdi-spec-dir", folder);
            engine.Load("busybox");
            foreach (var client in Enum.GetValues<Client>())
            {
                File.Delete(trace);
                string text = engine.Run(client, "run", "--rm", "--user", "1000:1001", "--device", "vendor.com/gadget=0", "busybox", "sh", "-c",
                    "echo $GADGET; cat /from-hook; stat -c '%n %F %a %u:%g' /dev/gadget0 /dev/gadgetctl /dev/gadgetpipe; echo x > /dev/gadget0 && echo written").Ok().Out;
                Assert.Equal("all\nmade by a hook\n/dev/gadget0 character special file 666 1000:1001\n/dev/gadgetctl character special file 640 7:8\n/dev/gadgetpipe fifo 666 1000:1001\nwritten\n", text);
                Patience.Until(() => File.ReadAllLines(trace).Length == 4, "all four hooks ran");
                Assert.Equal(["createRuntime yes creating", "createContainer yes creating", "poststart yes running", "poststop yes stopped"], File.ReadAllLines(trace));
                Patience.Until(() => !Directory.Exists(engine.ExecRoot + "/bundles") || Directory.GetFileSystemEntries(engine.ExecRoot + "/bundles").Length == 0, "the bundle is gone");
                engine.Run(client, "run", "--rm", "--device", "vendor.com/broken=failing", "busybox", "true").Fails(125, $"error running createRuntime hook {folder}/hook: exit status 1");
                engine.Run(client, "run", "--rm", "--device", "vendor.com/other=a", "busybox", "true").Fails(125, "unresolvable CDI devices vendor.com/other=a: conflicting device");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
