using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>
/// Base of the attacks on a real engine. Each test names with a trait "attack" the line of the list of attacks that it carries out; run one with
/// <c>-trait attack=esc-tiocsti</c>.
/// </summary>
public abstract class AttackTest(SharedEngine shared) : EngineTest(shared)
{
    /// <summary>A tree of the host that nothing may reach: whatever appears in it is an escape.</summary>
    protected sealed class Outside : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("wharf-outside-").FullName;

        public void MustBeUntouched() => Assert.Empty(Directory.GetFileSystemEntries(Path));

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>Runs Perl in a container of the debian image: the one language there that makes any system call.</summary>
    protected string Perl(string program, params string[] flags)
    {
        Engine.Load("debian");
        return Run(Client.Docker, ["run", "--rm", .. flags, "debian", "perl", "-e", program]).Ok().Text;
    }

    /// <summary>An image whose root is a tree of our making, below busybox's.</summary>
    protected string Image(Action<string> make, params string[] changes)
    {
        string tree = Directory.CreateTempSubdirectory("wharf-image-").FullName;
        string name = "attack-" + Guid.NewGuid().ToString("N")[..10];
        try
        {
            Directory.CreateDirectory(tree + "/bin");
            File.Copy("/bin/busybox", tree + "/bin/busybox");
            File.SetUnixFileMode(tree + "/bin/busybox", (UnixFileMode)0b111_101_101);
            foreach (string applet in "sh cat echo id ls readlink sleep true touch".Split(' '))
            {
                File.CreateSymbolicLink($"{tree}/bin/{applet}", "busybox");
            }

            make(tree);
            Command.Run("tar", ["-C", tree, "-cf", tree + ".tar", "."]).Ok();
            Run(Client.Docker, ["import", .. changes.SelectMany(c => new[] { "-c", c }), tree + ".tar", name]).Ok();
            return name;
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
            File.Delete(tree + ".tar");
        }
    }
}
