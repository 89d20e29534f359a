using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Linux.Tests.Files;

public sealed class FileCallsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-linux-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void OpenAt2_LinkOutOfTheRoot_StaysInside()
    {
        Directory.CreateDirectory(_root + "/etc");
        File.WriteAllText(_root + "/etc/passwd", "inside");
        File.CreateSymbolicLink(_root + "/absolute", "/etc/passwd");
        File.CreateSymbolicLink(_root + "/climbing", "../../../../../../etc/passwd");
        FileCalls.Open(_root, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle root).ThrowIfError("open");

        foreach (string name in new[] { "absolute", "climbing" })
        {
            Assert.Equal(Errno.None, FileCalls.OpenAt2(root, name, OpenFlags.ReadOnly, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle file));
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
            Assert.Equal("inside", reader.ReadToEnd());
        }

        root.Dispose();
    }

    [Fact]
    public void OpenAt2_MagicLink_IsRefused()
    {
        FileCalls.Open("/proc", OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle proc).ThrowIfError("open");
        Errno errno = FileCalls.OpenAt2(proc, "self/cwd", OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle file);
        file.Dispose();
        proc.Dispose();

        Assert.Equal(Errno.ELOOP, errno);
    }

    [Fact]
    public void NativePath_NulInside_IsRefused() => Assert.Throws<WharfException>(() => FileCalls.Open("a\0b", OpenFlags.ReadOnly, out _));

    [Fact]
    public void ThrowIfError_Missing_NamesCallAndObject()
    {
        var e = Assert.Throws<WharfException>(() => FileCalls.Open(_root + "/none", OpenFlags.ReadOnly, out _).ThrowIfError("open", "none"));

        Assert.Equal("open none: no such file or directory", e.Message);
        Assert.Equal(ErrorKind.NotFound, e.Kind);
    }

    [Fact]
    public void ExtendedAttributes_BinaryValue_ComesBackAsItWas()
    {
        string path = _root + "/file";
        File.WriteAllText(path, "x");
        byte[] value = [0, 0xff, 10, 13, 0, 0x80];

        Assert.Equal(Errno.None, ExtendedAttributes.Set(path, "trusted.wharf", value));
        Assert.Equal(Errno.None, ExtendedAttributes.Get(path, "trusted.wharf", out byte[] read));
        Assert.Equal(Errno.None, ExtendedAttributes.List(path, out List<byte[]> names));
        Assert.Equal(value, read);
        Assert.Contains(names, name => Encoding.UTF8.GetString(name) == "trusted.wharf");
        Assert.Equal(Errno.None, ExtendedAttributes.Remove(path, "trusted.wharf"));
        Assert.Equal(Errno.ENODATA, ExtendedAttributes.Get(path, "trusted.wharf", out _));
    }

    [Fact]
    public void MemoryFile_Sealed_CannotBeWritten()
    {
        FileCalls.MemoryFile("t", sealable: true, out SafeFileHandle file).ThrowIfError("memfd_create");
        using (file)
        {
            FileCalls.WriteAll(file, "abc"u8).ThrowIfError("write");
            Assert.Equal(Errno.None, FileCalls.Seal(file));
            Assert.Equal(Errno.EPERM, FileCalls.Write(file, "d"u8, out _));
        }
    }

    [Fact]
    public void DirectoryReader_NamesThatAreNoText_AreBytes()
    {
        FileCalls.Open(_root, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle directory).ThrowIfError("open");
        using (directory)
        {
            byte[] name = [0xff, 0xfe, (byte)'a'];
            NameCalls.MakeDirectory(directory, name, 0b111_000_000).ThrowIfError("mkdir");

            Assert.Equal(Errno.None, DirectoryReader.Read(directory, out List<DirectoryReader.Entry> entries));
            // the library's own clean-up cannot name it
            NameCalls.Unlink(directory, name, AtFlags.RemoveDirectory).ThrowIfError("rmdir");
            Assert.Equal(name, Assert.Single(entries).Name);
        }
    }

    [Fact]
    public void Status_DeviceNode_TellsItsNumber()
    {
        NameCalls.MakeNode(FileCalls.CurrentDirectory, _root + "/null", FileType.CharacterDevice | 0b110_110_110, DeviceNumber.Make(1, 3)).ThrowIfError("mknod");

        Assert.Equal(Errno.None, NameCalls.Status(FileCalls.CurrentDirectory, _root + "/null", AtFlags.SymlinkNoFollow, out FileStatus status));
        Assert.Equal((1u, 3u), (status.SpecialMajor, status.SpecialMinor));
        Assert.True(status.IsDevice);
    }
}
