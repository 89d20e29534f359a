using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Copying;

/// <summary>Copies of trees that are large enough for several cores at once.</summary>
public sealed class TreeCopyTests : IDisposable
{
    private const string Listing = "find . -mindepth 1 -printf '%P %y %m %s %n %TY%Tm%Td%TH%TM %l\\n' | sed 's/ d \\([0-9]*\\) [0-9]* [0-9]* / d \\1 /' | sort";

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-copy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Copy_ManyFilesWithNamesInCommon_IsTheSameTree()
    {
        Shell("""
            mkdir source target
            for d in $(seq 12); do
                mkdir -p source/d$d/inner
                for i in $(seq 60); do echo $d $i >source/d$d/f$i; done
                ln -s f1 source/d$d/link; mkfifo source/d$d/fifo; chmod 640 source/d$d/f2; chmod 1777 source/d$d/inner
                [ $d = 1 ] || { ln source/d1/f9 source/d$d/f9x; ln source/d1/f9 source/d$d/inner/f9y; }
            done
            find source -exec touch -h -d @1500000000 {} +
            """);

        Copy(new CopyLook());

        Assert.Equal(Shell("cd source; " + Listing), Shell("cd target; " + Listing));
        Assert.Equal("", Shell("diff -r --no-dereference -x fifo source target"));
    }

    [Fact]
    public void Copy_FolderWhereTheTargetHasAFileDeepDown_NamesIt()
    {
        Shell("mkdir -p source/d source/e/f target/e; for i in $(seq 300); do : >source/d/$i; done; : >target/e/f");

        var error = Assert.Throws<WharfException>(() => Copy(new CopyLook()));

        Assert.Contains("non-directory: f", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_OverFilesThatAreThere_ReplacesEach()
    {
        Shell("mkdir -p source/d target/d; for i in $(seq 300); do echo new $i >source/d/$i; echo old >target/d/$i; done; ln -sf /nowhere target/d/7");

        Copy(new CopyLook());

        Assert.Equal("", Shell("diff -r --no-dereference source target"));
    }

    [Fact]
    public void Copy_FolderInTheWayOfOneOfManyFiles_Fails()
    {
        Shell("mkdir -p source/d target/d/77; for i in $(seq 300); do echo new $i >source/d/$i; done");

        var error = Assert.Throws<WharfException>(() => Copy(new CopyLook()));

        Assert.Contains("d/77: a folder named 77", error.Message, StringComparison.Ordinal);
    }

    private void Copy(CopyLook look)
    {
        using var source = Open("source");
        using var target = Open("target");
        var tree = new LocalTree(source, null, null, ContentIndex.Forgetful(TimeProvider.System));
        TreeCopy.Copy(new CopyItem(tree, "", "/"), new TargetTree(target), look, CancellationToken.None);
    }

    private SafeFileHandle Open(string name)
    {
        FileCalls.Open(Path.Combine(_folder, name), OpenFlags.Directory, out var handle).ThrowIfError("open", name);
        return handle;
    }

    private string Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", "umask 022; " + script]) { WorkingDirectory = _folder, RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}: {output}");
        return output;
    }
}
