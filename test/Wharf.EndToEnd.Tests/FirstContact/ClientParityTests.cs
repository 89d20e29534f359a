using System.Text;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

/// <summary>Our client beside the stock one, on the same engine: same exit code, same output, same complaint.</summary>
public sealed partial class ClientParityTests
{
    private const string Commands = """
        ps
        ps -a
        ps -aq
        ps -a --no-trunc
        ps -as
        ps -n 2
        ps -l
        ps -a --format '{{json .}}'
        ps -a --format json
        ps -a --format 'table {{.ID}}\t{{.Names}}\t{{.Labels}}\t{{.Ports}}\t{{.Mounts}}\t{{.Networks}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.State}}'
        ps -a --format '{{.Label "l"}} {{.Names}}'
        ps -a --filter status=exited
        ps -a --filter status=bogus
        ps -a --filter bogus=1
        ps -a --filter label=l --filter name=web
        ps -a --filter ancestor=busybox
        ps -a --filter volume=vol1
        ps -a --filter network=net1
        ps -a --filter publish=8080
        ps -a --filter exited=0
        ps -a --filter before=stopped
        ps -a --filter is-task=true
        ps --filter status
        ps --format {{.Bogus}}
        ps --format '{{.ID'
        ps --bogus
        ps extra
        inspect -s web --format {{.SizeRw}}
        inspect web --format '{{json .NetworkSettings.Ports}}'
        inspect web --format '{{range .Mounts}}{{.Name}}:{{.Destination}}{{end}} {{index .Config.Labels "m"}}'
        inspect web --format {{.Bogus}}
        inspect nosuch
        inspect --type image web
        inspect --type bogus web
        inspect net1
        inspect vol1
        inspect --type network web
        images -a
        images -q
        images --digests
        images busybox
        images nosuch
        images --filter dangling=true
        images --filter reference=b*
        images --filter label=a=b
        images --filter before=built
        images --filter bogus=1
        images busybox --format 'table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.CreatedAt}}\t{{.CreatedSince}}\t{{.Size}}\t{{.VirtualSize}}'
        image inspect busybox --format '{{.Os}}/{{.Architecture}} {{.RootFS.Layers}}'
        image inspect busybox --format '{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Labels}} [{{.Config.WorkingDir}}] {{json .Config.ExposedPorts}}'
        image inspect nosuch
        history built
        history --no-trunc built
        history -q built
        history --human=false built
        history --format '{{json .}}' built
        history nosuch
        network ls
        network ls -q
        network ls --no-trunc
        network ls --format '{{json .}}'
        network ls --filter driver=bridge
        network ls --filter type=custom
        network ls --filter label=x
        network ls --filter bogus=1
        network inspect -v bridge
        network inspect nosuch
        network inspect net1 --format '{{range .IPAM.Config}}{{.Subnet}}{{end}}'
        network rm nosuch
        network rm bridge
        network create net1
        network create -d bogus x1
        network connect nosuch web
        network connect net1 nosuch
        network disconnect net1 stopped
        volume ls
        volume ls -q
        volume ls --format '{{json .}}'
        volume ls --filter dangling=true
        volume ls --filter label=a=b
        volume ls --filter bogus=1
        volume inspect vol1
        volume inspect nosuch
        volume rm nosuch
        volume rm vol1
        volume create --driver bogus v2
        volume create 'bad name'
        system df --format '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}}'
        system df -v
        system df --format 'table {{.Type}}\t{{.Size}}'
        system df -v --format json
        system df -v --format raw
        system df -v --format '{{range .Containers}}{{.Names}} {{end}}{{range .Volumes}}{{.Links}}{{end}}'
        logs stopped
        logs -t --since 1h stopped
        logs --tail 1 stopped
        logs nosuch
        logs --tail bogus stopped
        logs --since bogus stopped
        port web
        port web 80
        port web 81
        port web 9000/udp
        port nosuch
        top web -o pid,comm
        top stopped
        diff changed
        diff nosuch
        stats --no-stream --format '{{.Name}} {{.ID}}' web
        stats --no-stream nosuch
        exec nosuch true
        exec stopped true
        exec paused true
        exec web sh -c 'exit 7'
        exec web nosuch
        exec -u nosuch web true
        exec web sh -c 'echo out; echo err >&2'
        start nosuch
        stop nosuch
        kill -s BOGUS web
        kill stopped
        pause paused
        unpause web
        wait stopped
        rm nosuch
        rm web
        rename web stopped
        tag nosuch x
        tag busybox BAD:tag
        cp nosuch:/x /tmp/x
        cp web:/nosuch /tmp/x
        cp web:/x stopped:/y
        update --memory 1 web
        update web
        run --rm busybox nosuch
        run --rm busybox /etc
        run --rm busybox sh -c 'echo a; echo b >&2; exit 4'
        run --rm --network nosuch busybox true
        run --rm -v /x:relative busybox true
        run --rm -p bogus busybox true
        run --rm --memory 1 busybox true
        run --rm --cpus 1000 busybox true
        run --rm --user nosuch busybox true
        run --rm --env-file /nosuch busybox true
        run --rm --name web busybox true
        run --rm --name 'bad name' busybox true
        run --rm --restart always busybox true
        run --rm --log-driver bogus busybox true
        run --rm --cap-add BOGUS busybox true
        run --rm --device /nosuch busybox true
        run --rm --ulimit nofile=10:5 busybox true
        run --rm --mount type=bogus busybox true
        run --rm --mount type=bind,src=/nosuch,dst=/x busybox true
        run --rm --workdir relative busybox true
        run --rm --link nosuch busybox true
        run --rm --volumes-from nosuch busybox true
        run --rm --pid container:nosuch busybox true
        run --rm --runtime bogus busybox true
        run --rm --platform bogus busybox true
        run --rm --platform linux/arm64 busybox true
        run --rm --pull bogus busybox true
        run --rm --pull never nosuch true
        run --rm --stop-signal BOGUS busybox true
        run --rm --cpuset-cpus 99 busybox true
        run --rm -it busybox true
        run --rm -a bogus busybox true
        run
        run --rm --entrypoint echo busybox hi
        run --rm --read-only busybox touch /x
        create --name web busybox
        commit nosuch
        import /nosuch
        load -i /nosuch
        save nosuch
        save --platform bogus busybox
        history --platform bogus busybox
        save -o /nosuch/x busybox
        export nosuch
        attach stopped
        attach paused
        pull BAD:x
        push nosuch
        context ls
        context use nosuch
        events --since 1h --until 0s --filter container=stopped --format '{{.Type}} {{.Action}}'
        system prune -f --filter label=nosuch
        image prune -f --filter bogus=1
        run --rm --network container:paused busybox true
        run --rm --network container:nosuch busybox true
        run --rm --network none --network-alias x busybox true
        run --rm --network name=bridge,alias=x busybox true
        run --rm --expose 80-x busybox true
        run --rm NoSuch:Bad:Ref
        create --name {N} --cap-add net_admin --cap-drop ALL --device /dev/null busybox
        inspect -f '{{json .HostConfig.CapAdd}} {{json .HostConfig.CapDrop}} {{json .HostConfig.BlkioWeightDevice}} {{json .HostConfig.Devices}}' {N}
        rm -f {N} nosuch
        rm -f nosuch
        create --name {N} -w /new/deep busybox
        diff {N}
        rm {N}
        ps --format raw --filter name=web
        ps -q --format raw --filter name=web
        ps -q --format '{{.Names}}' --filter name=stopped
        ps --format '{{.Platform}} {{json .Platform}}' --filter name=web
        ps --format '{{.Foo}}' --filter name=nosuch
        ps --format '{{.ID'
        images --format raw built
        images --format '{{.Foo}}' built
        images --format '{{.ID'
        network ls --format raw --filter name=net1
        network ls --format '{{.Foo}}'
        volume ls --format raw --filter name=vol1
        volume ls --format '{{.Foo}}'
        volume create --name a b
        volume create --name {N}
        volume rm -f {N} nosuch
        history --format '{{.Foo}}' built
        system df --format '{{.Foo}}'
        system df --format '{{.ID'
        system prune --volumes --filter until=1h -f
        events --since nonsense
        events --since 0 --until 1
        events --until 1 --format '{{.Foo}}'
        info -f '{{json .DiscoveredDevices}}'
        import /nosuch Bad
        manifest inspect 127.0.0.1:1/x
        context ls -q
        context create {N} --docker host=foo
        context create {N} --docker foo=bar
        context create {N} --docker host=tcp://127.0.0.1:1,skip-tls-verify=foo
        context create {N} --docker host=tcp://127.0.0.1:1
        context export {N} /nosuch/x
        context import {N}2 /etc/passwd
        context rm {N}
        -H a -H b ps
        --tls ps
        --tlsverify=false ps
        ps -h
        container
        bogus
        container bogus
        --bogus
        attach ''
        commit ''
        container start ''
        container wait ''
        container logs ''
        container inspect ''
        cp '':/x /tmp/x
        exec '' true
        export ''
        kill ''
        port ''
        rename '' x
        restart ''
        rm ''
        stop ''
        top ''
        update --memory 32m ''
        diff ''
        container --nosuch
        container -J
        container --help=maybe
        container bogus x --foo
        image --nosuch
        image bogus --foo
        system bogus --foo
        network --nosuch=1 x
        context --nosuch
        context use
        context use a b
        context use ''
        inspect ''
        network inspect ''
        network rm ''
        network connect '' web
        volume inspect ''
        volume rm ''
        volume bogus
        volume --nosuch
        manifest --nosuch
        container prune
        image prune
        network prune
        volume prune
        system prune
        import
        import ''
        images ''
        run --memory
        run --memory=@@bad busybox
        run --ulimit @@bad busybox
        run -p
        logs --tail
        rmi --force=maybe x
        network connect a
        network connect a b c
        tag a
        tag a b c
        search
        port
        system df extra
        version extra
        help ps
        ps --help
        """;

    [Fact]
    public void EveryCommand_AnswersAsTheStockClientDoes()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        SetUp(engine);
        var differences = new StringBuilder();
        foreach (string line in Commands.Split('\n'))
        {
            string ours = Answer(engine, Client.Wharf, line, "ours"), theirs = Answer(engine, Client.Docker, line, "them");
            if (ours != theirs)
            {
                differences.Append($"== {line}\n-- wharf: {ours}\n-- docker: {theirs}\n");
            }
        }

        Assert.True(differences.Length == 0, differences.ToString());
    }

    // {N} stands for a name of each client's own.
    private static string Answer(Engine engine, Client client, string line, string name)
    {
        string[] words = [.. Word().Matches(line.Replace("{N}", name, StringComparison.Ordinal)).Select(m => m.Value.Trim('\''))];
        string answer = Normalize(engine.Run(client, words)).Replace(name, "{N}", StringComparison.Ordinal);
        return words[0] == "create" ? Id().Replace(answer, "ID") : answer;
    }

    private static void SetUp(Engine engine)
    {
        foreach (string line in (string[])
        [
            "volume create --label a=b vol1", "network create --label x=y --subnet 10.9.0.0/24 net1",
            "run -d --name web -p 8080:80 -p 9000-9002:9000-9002/udp -v vol1:/data --label l=1 --label 'm=two words' --network net1 busybox sleep 3000",
            "run --name stopped --label l=2 busybox sh -c 'echo out; echo err >&2'", "run -d --name paused busybox sleep 3000", "pause paused",
            "create --name made -it busybox sh -c 'sleep 1'", "run --name changed busybox sh -c 'echo hi > /new; rm -r /home; mkdir /dir; touch /dir/f'",
            "commit -m message -a me -c 'LABEL a=b' changed built",
        ])
        {
            engine.Run(Client.Docker, [.. Word().Matches(line).Select(m => m.Value.Trim('\''))]).Ok();
        }
    }

    // What names the client itself, grows older between the two calls, or is different for each container.
    private static string Normalize(CommandResult result)
    {
        string text = $"exit code {result.ExitCode}\n{result.Out}{result.Error}".Replace("wharf", "docker", StringComparison.Ordinal).Replace("Wharf", "Docker", StringComparison.Ordinal);
        text = Age().Replace(text, "AGE");
        return Blanks().Replace(text, " ").TrimEnd();
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Id();

    [GeneratedRegex("'[^']*'|[^ ']+")]
    private static partial Regex Word();

    [GeneratedRegex("(Up )?(\\d+ (seconds?|minutes?)|Less than a second|About a minute)( ago)?|Exited \\(\\d+\\) [A-Za-z0-9 ]+ ago")]
    private static partial Regex Age();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
