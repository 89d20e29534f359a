using System.Text;
using Wharf.Archive.Tar;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Tar;

public sealed class TarReaderHostileTests
{
    [Fact]
    public async Task Reader_Truncated_NamesEntryAndOffset()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry("a"), "1"), (Archives.Entry("victim"), new string('x', 3000)));
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(archive[..2000]));
        Assert.Equal("tar entry \"victim\" at offset 1024: unexpected end of archive", error.Message);
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
    }

    [Fact]
    public async Task Reader_NoTar_SaysSo()
    {
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(Encoding.ASCII.GetBytes(new string('A', 4096))));
        Assert.Equal("invalid tar header at offset 0", error.Message);
    }

    [Fact]
    public async Task Reader_EmptyInputAndZeroBlocks_HaveNoEntries()
    {
        Assert.Empty(await Archives.ReadAsync([]));
        Assert.Empty(await Archives.ReadAsync(new byte[1024]));
        Assert.Empty(await Archives.ReadAsync(new byte[512]));
        Assert.Empty(await Archives.ReadAsync(new byte[10240]));
    }

    [Fact]
    [Trait("attack", "tar-bombs")]
    public async Task Reader_GigabyteOfPaxHeader_IsRefusedBeforeReadingIt()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry(new string('n', 200)), ""));
        Encoding.ASCII.GetBytes("10000000000").CopyTo(archive, 124);
        Reseal(archive);
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(archive));
        Assert.Contains("extension headers are longer than 1048576 bytes", error.Message);
    }

    [Fact]
    [Trait("attack", "tar-bombs")]
    public async Task Reader_EndlessPaxHeaders_AreBounded()
    {
        byte[] one = (await Archives.WriteAsync((Archives.Entry(new string('n', 200)), "")))[..1024];
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(new RepeatingStream(one)));
        Assert.Contains("extension headers are longer", error.Message);
    }

    [Fact]
    [Trait("attack", "tar-bombs")]
    public async Task Reader_MoreEntriesThanAllowed_Stops()
    {
        byte[] one = (await Archives.WriteAsync((Archives.Entry("n"), "")))[..512];
        var error = await Assert.ThrowsAsync<WharfException>(
            () => Archives.ReadAsync(new RepeatingStream(one), TarLimits.Default with { MaxEntries = 1000 }));
        Assert.Contains("more than 1000 entries", error.Message);
    }

    [Fact]
    [Trait("attack", "tar-bombs")]
    public async Task Reader_MoreContentThanAllowed_Stops()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry("a"), new string('x', 600)), (Archives.Entry("b"), new string('x', 600)));
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(archive, TarLimits.Default with { MaxTotalSize = 1000 }));
        Assert.Contains("\"b\"", error.Message);
    }

    [Theory]
    [InlineData("30 GNU.sparse.offset=100\n", "malformed pax record")]
    [InlineData("12 path=a\0b\n", "NUL byte")]
    [InlineData("99999999999 a=b\n", "malformed pax record")]
    [InlineData("-5 a=b\n", "malformed pax record")]
    [InlineData("8 uid=x\n", "malformed pax record uid")]
    [InlineData("11 size=-1\n", "malformed pax record size")]
    [InlineData("22 GNU.sparse.major=1\n", "sparse file without a size")]
    public async Task Reader_BadPaxRecord_IsNamed(string record, string problem)
    {
        byte[] archive = new byte[512 * 6];
        byte[] whole = await Archives.WriteAsync((Archives.Entry(new string('n', 200)), ""));
        whole.AsSpan(0, 512).CopyTo(archive);
        Encoding.ASCII.GetBytes(Convert.ToString(record.Length, 8).PadLeft(11, '0')).CopyTo(archive, 124);
        Reseal(archive);
        Encoding.ASCII.GetBytes(record).CopyTo(archive, 512);
        whole.AsSpan(1024, 512).CopyTo(archive.AsSpan(1024));
        var error = await Assert.ThrowsAsync<WharfException>(() => Archives.ReadAsync(archive));
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public async Task Reader_AnyMutation_GivesEntriesOrAnError()
    {
        using var scratch = new Scratch();
        scratch.Shell("""
            mkdir in; truncate -s 1M in/sparse; printf z | dd of=in/sparse bs=1 seek=500000 conv=notrunc status=none
            ln in/sparse in/hard; ln -s x in/soft; printf abc > in/$(printf 'n%.0s' $(seq 150))
            tar --format=gnu -S -cf a.tar -C in .; tar --format=pax --sparse-version=1.0 -S -cf b.tar -C in .; tar --format=pax --sparse-version=0.0 -S -cf c.tar -C in .
            """);
        var random = new Random(20260);
        var limits = new TarLimits { MaxTotalSize = 64 * 1024 * 1024 };
        foreach (string name in new[] { "a.tar", "b.tar", "c.tar" })
        {
            byte[] seed = File.ReadAllBytes(scratch[name]);
            for (int round = 0; round < 300; round++)
            {
                byte[] mutant = Mutate(seed, random);
                try
                {
                    await Archives.ReadAsync(mutant, limits);
                }
                catch (WharfException e)
                {
                    Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
                }
            }
        }
    }

    // Headers are resealed, or nearly every mutant would die at the checksum.
    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] mutant = seed[..(random.Next(5) == 0 ? random.Next(seed.Length) : seed.Length)];
        for (int i = random.Next(1, 8); i > 0 && mutant.Length > 0; i--)
        {
            mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
        }

        ResealAll(mutant);
        return mutant;
    }

    internal static void ResealAll(byte[] archive)
    {
        for (int block = 0; block + 512 <= archive.Length; block += 512)
        {
            if (archive.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
            {
                Reseal(archive.AsSpan(block, 512));
            }
        }
    }

    private static void Reseal(Span<byte> block)
    {
        block.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in block[..512])
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block[148..]);
    }

    private sealed class RepeatingStream(byte[] unit) : MemoryStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, unit.Length - _at);
            unit.AsSpan(_at, count).CopyTo(buffer.Span);
            _at = (_at + count) % unit.Length;
            return new ValueTask<int>(count);
        }
    }
}
