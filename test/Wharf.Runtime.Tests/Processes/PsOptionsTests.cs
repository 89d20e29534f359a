using Wharf.Primitives;
using Wharf.Runtime.Processes;

namespace Wharf.Runtime.Tests.Processes;

public sealed class PsOptionsTests
{
    private static readonly ProcessFacts[] Processes =
    [
        new() { Pid = 10, ParentPid = 1, Name = "sh", CommandLine = "sh -c x", User = "root", State = "S" },
        new() { Pid = 11, ParentPid = 10, Name = "sleep", CommandLine = "sleep 1", User = "www-data", UserId = 33, State = "S" },
        new() { Pid = 12, ParentPid = 10, Name = "sh", CommandLine = "sh", User = "root", State = "R" },
        new() { Pid = 13, ParentPid = 12, Name = "sleep", CommandLine = "sleep 2", User = "root", State = "S" },
    ];

    [Theory]
    [InlineData("-ef", "UID PID PPID C STIME TTY TIME CMD")]
    [InlineData("-e", "PID TTY TIME CMD")]
    [InlineData("aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")]
    [InlineData("-aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")]
    [InlineData("-e -x", "PID TTY STAT TIME COMMAND")]
    [InlineData("ax", "PID TTY STAT TIME COMMAND")]
    [InlineData("-o pid,cmd", "PID CMD")]
    [InlineData("-opid,cmd", "PID CMD")]
    [InlineData("opid,cmd", "PID CMD")]
    [InlineData("eopid,cmd", "PID CMD")]
    [InlineData("axo pid,cmd", "PID CMD")]
    [InlineData("-eo pid,comm=NAME", "PID NAME")]
    [InlineData("--format=pid,cmd", "PID CMD")]
    [InlineData("-o pid,cmd oargs,uid --format %cpu", "PID CMD COMMAND UID %CPU")]
    [InlineData("-efZ", "LABEL UID PID PPID C STIME TTY TIME CMD")]
    public void Columns_AreThoseOfPs(string options, string titles) => Assert.Equal(titles.Split(' '), new PsOptions(options).Columns.Select(c => c.Title));

    [Theory]
    [InlineData("-C sleep", "11 13")]
    [InlineData("-Csleep -o pid", "11 13")]
    [InlineData("-p 10,13", "10 13")]
    [InlineData("--pid 12", "12")]
    [InlineData("-u www-data", "11")]
    [InlineData("-u 33", "11")]
    [InlineData("-C sleep -p 10", "10 11 13")]
    [InlineData("-e -C sleep", "10 11 12 13")]
    [InlineData("axr", "12")]
    [InlineData("-ef", "10 11 12 13")]
    public void Selections_AddUp(string options, string pids)
    {
        var request = new PsOptions(options);
        Assert.Equal(pids, string.Join(' ', Processes.Where(request.Selects).Select(p => p.Pid)));
    }

    [Theory]
    [InlineData("-o cmd", "Couldn't find PID field in ps output")]
    [InlineData("--no-headers", "Couldn't find PID field in ps output")]
    [InlineData("axh", "Couldn't find PID field in ps output")]
    [InlineData("-o uid=PID,cmd", "specifying \"uid=PID\" is not allowed")]
    [InlineData("-o", "the ps option -o needs a value")]
    [InlineData("-p x", "process ID list syntax error")]
    [InlineData("--cols 80", "the ps option \"--cols\" is not understood")]
    public void WhatCannotBeObeyed_IsNamed(string options, string message) =>
        Assert.Equal(message, Assert.Throws<WharfException>(() => new PsOptions(options)).Message);

    [Fact]
    public void Forest_PutsChildrenBelowTheirParents()
    {
        Assert.True(new PsOptions("axf").Forest);
        Assert.Equal(["sh -c x", " \\_ sleep 1", " \\_ sh", "     \\_ sleep 2"], ProcessForest.Of(Processes).Select(p => p.CommandLine));
    }
}
