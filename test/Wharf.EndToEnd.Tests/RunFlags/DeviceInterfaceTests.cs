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
                        {"name":"hooked","containerEdits":{"hooks":[{"hookName":"createContainer","path":"/bin/true"}]}}],
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
                engine.Run(client, "run", "--rm", "--device", "vendor.com/widget=hooked", "busybox", "true").Fails(125, "\"hooks\"");
            }

            Assert.Contains(folder, engine.Run(Client.Docker, "info", "-f", "{{.CDISpecDirs}}").Ok().Text);
            foreach (var client in Enum.GetValues<Client>())
            {
                Assert.Equal("cdi vendor.com/widget=one,cdi vendor.com/widget=two,cdi vendor.com/widget=hooked,",
                    engine.Run(client, "info", "-f", "{{range .DiscoveredDevices}}{{.Source}} {{.ID}},{{end}}").Ok().Text);
            }

            Assert.Equal("", engine.Run(Client.Docker, "ps", "-aq").Ok().Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
