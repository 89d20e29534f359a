using System.Security.Cryptography;

namespace Wharf.Linux.Tests.Memory;

public sealed class ProgramPagesTests
{
    private const string Smaps = """
        00400000-00405000 r--p 00000000 fe:00 123                                /usr/bin/a program
        Size:                 20 kB
        Rss:                  12 kB
        Anonymous:             0 kB
        00405000-00505000 r-xp 00005000 fe:00 123                                /usr/bin/a program
        Rss:                 400 kB
        Anonymous:             0 kB
        00505000-00605000 r--p 00105000 fe:00 123                                /usr/bin/a program
        Rss:                  16 kB
        Anonymous:             8 kB
        00605000-00705000 rw-p 00205000 fe:00 123                                /usr/bin/a program
        Rss:                 100 kB
        Anonymous:             0 kB
        00705000-00805000 r--s 00000000 00:01 9                                  /memfd:shared
        Rss:                 100 kB
        Anonymous:             0 kB
        00805000-00905000 r-xp 00000000 fe:00 124                                /usr/lib/never touched.so
        Rss:                   0 kB
        Anonymous:             0 kB
        00905000-00a05000 r--p 00000000 00:00 0 
        Rss:                 100 kB
        Anonymous:             0 kB
        7ffd0000-7ffd2000 r-xp 00000000 00:00 0                                  [vdso]
        Rss:                   4 kB
        Anonymous:             0 kB
        VmFlags: rd ex mr mw me de sd
        """;

    [Fact]
    public void Unchanged_OfAMap_IsWhatTheFileBringsBack() =>
        Assert.Equal([(0x400000, (nuint)0x5000, 12L << 10), (0x405000, (nuint)0x100000, 400L << 10)], ProgramPages.Unchanged(Smaps.Split('\n')));

    [Fact]
    public async Task GiveBack_InAProgramThatWorks_ChangesNothing()
    {
        byte[] before = SHA256.HashData("page"u8);
        using var stop = new CancellationTokenSource();
        Task<int> beside = Task.Run(() =>
        {
            int rounds = 0;
            while (!stop.IsCancellationRequested || rounds == 0)
            {
                Assert.Equal(before, SHA256.HashData("page"u8));
                rounds++;
            }

            return rounds;
        });

        for (int i = 0; i < 20; i++)
        {
            Assert.True(ProgramPages.GiveBack() > 0);
        }

        await stop.CancelAsync();
        Assert.True(await beside > 0);
    }
}
