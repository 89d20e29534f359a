using Wharf.Shim.Bench;

// shim-bench SHIM [memory N | encoder | log MB | attach MB | start N | exec N]...
// SHIM is the published program; use a private copy of it for memory figures: pages shared with other daemons' shims would make them look small.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: shim-bench SHIM memory N | encoder | log MB | attach MB | start N | exec N");
    return 2;
}

await using var box = new BenchBox(args[0]);
int amount = args.Length > 2 ? int.Parse(args[2]) : 0;
switch (args[1])
{
    case "memory":
        await MemoryBench.RunAsync(box, amount == 0 ? 20 : amount);
        break;
    case "encoder":
        EncoderBench.Run();
        break;
    case "log":
        await StreamBench.LogAsync(box, amount == 0 ? 200 : amount);
        break;
    case "attach":
        await StreamBench.AttachAsync(box, amount == 0 ? 200 : amount);
        break;
    case "start":
        await LatencyBench.StartAsync(box, amount == 0 ? 100 : amount);
        break;
    case "exec":
        await LatencyBench.ExecAsync(box, amount == 0 ? 100 : amount);
        break;
    default:
        Console.Error.WriteLine($"unknown benchmark {args[1]}");
        return 2;
}

return 0;
