using System.Globalization;
using System.Text.Json;
using Gdn.Harness.Engines.Foreign;
using Gdn.Harness.Kernels.Calls;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>The other side of <see cref="EngineProcess"/>: answers requests with a foreign engine.</summary>
/// <param name="name">The engine's name on the command line.</param>
/// <param name="channel">To the tool.</param>
internal sealed class EngineHost(string name, Channel channel) : IDisposable
{
    // Characters of a text of the engine's; more says no more, and would have to be kept.
    private const int MostText = 2000;

    private LoadedEngine? _engine;
    private HostedModel? _model;
    private (string Path, EngineModel Model)? _loaded;

    // Loaded on the first request, so that errors reach the tool as an answer.
    private LoadedEngine Engine => _engine ??= ForeignEngines.Load(name);

    private IKernelEngine Kernel => Engine.Kernel ?? throw new InvalidOperationException("The engine has no kernel.");

    private IConvEngine Conv => Engine.Conv ?? throw new InvalidOperationException("The engine has no convolution.");

    private HostedModel Model => _model ?? throw new InvalidOperationException("There is no model engine.");

    /// <summary>Answers until the tool is gone.</summary>
    public void Run()
    {
        while (true)
        {
            try
            {
                channel.Receive();
            }
            catch (IOException)
            {
                return;
            }

            Answer();
            channel.Send();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model?.Dispose();

    private void Answer()
    {
        try
        {
            channel.Write(Reply.Done);
            Do(channel.Read<Request>());
        }
        catch (Exception e)
        {
            channel.Discard();
            Report(e);
        }
    }

    private void Report(Exception exception)
    {
        // What a static constructor has thrown says more than that it has.
        if (exception is TypeInitializationException { InnerException: { } cause }) exception = cause;
        (Reply reply, string[] texts) = exception switch
        {
            InputException e => (Reply.Refused, [e.Where, e.Problem, e.Remedy]),
            EnvironmentException e => (Reply.EnvironmentFailed, [e.Where, e.Problem, e.Remedy]),
            StrayWriteException e => (Reply.StrayWrite, [e.Where]),
            _ => (Reply.Threw, new[] { exception.GetType().Name, MessageOf(exception) }),
        };
        channel.Write(reply);
        foreach (string text in texts) channel.Write(Shortened(text));
    }

    private static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message;
        }
        catch (Exception e)
        {
            return $"its message throws {e.GetType().Name}";
        }
    }

    private static string Shortened(string? text) => text is not { Length: > MostText }
        ? text ?? ""
        : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, MostText)}... ({text.Length:N0} characters)");

    private void Do(Request request)
    {
        switch (request)
        {
            case Request.Describe:
                Describe();
                break;
            case Request.Supports:
                channel.Write(Kernel.Supports(KernelMessages.ReadShape(channel)));
                break;
            case Request.RunKernel:
                RunKernel();
                break;
            case Request.SupportsConv:
                channel.Write(Conv.Supports(channel.Read<ConvCallShape>()));
                break;
            case Request.RunConv:
                RunConv();
                break;
            case Request.Create:
                Create();
                break;
            case Request.Dispose:
                (HostedModel? model, _model) = (_model, null);
                model?.Dispose();
                break;
            default:
                Model.Do(request, channel);
                break;
        }
    }

    private void Describe()
    {
        channel.Write(Engine.Kernel is not null);
        channel.Write(Engine.Models is not null);
        channel.WritePrecision(Engine.Kernel is null ? KernelPrecision.AllF32 : Declared(Engine.Kernel.Precision));
        channel.Write(Engine.Kernel?.Forms ?? KernelForms.None);
        channel.Write(Engine.Conv is not null);
        channel.WritePrecision(Engine.Conv is null ? KernelPrecision.AllF32 : Declared(Engine.Conv.Precision));
    }

    private KernelPrecision Declared(KernelPrecision? precision) => Declarations.Problem(precision) is { } problem
        ? throw new InputException(name, problem, "mend what the engine declares")
        : precision!;

    // In guarded buffers of this process: the tool's own are out of the kernel's reach.
    private void RunKernel()
    {
        var buffers = new GuardedCall(KernelMessages.ReadCall(channel));
        Kernel.Run(buffers.Call);
        if (buffers.FirstStrayWrite() is { } where) throw new StrayWriteException(where);
        channel.Write<float>(buffers.Pool);
        channel.Write<float>(buffers.Output);
        channel.Write<float>(buffers.Snapshots);
    }

    private void RunConv()
    {
        var buffers = new GuardedConvCall(
            channel.Read<ConvCallShape>(), channel.ReadSpan<float>(), channel.ReadSpan<float>(), channel.ReadSpan<float>(),
            channel.ReadSpan<int>(), channel.ReadSpan<float>());
        Conv.Run(buffers.Call);
        if (buffers.FirstStrayWrite() is { } where) throw new StrayWriteException(where);
        channel.Write<float>(buffers.Pool);
        channel.Write<float>(buffers.Output);
        channel.Write<float>(buffers.Snapshots);
    }

    private void Create()
    {
        string path = channel.ReadString();
        _model?.Dispose();
        _model = null;
        IEngineFactory models = Engine.Models ?? throw new InvalidOperationException("The engine runs no models.");
        if (_loaded?.Path != path) _loaded = (path, EngineModel.Open(path));
        _model = new HostedModel(models.Create(new EngineOptions
        {
            Model = _loaded.Value.Model,
            Slots = channel.Read<int>(),
            Planes = channel.Read<int>(),
            MaxBatchTokens = channel.Read<int>(),
            MaxPositions = channel.Read<int>(),
        }));
        channel.Write(JsonSerializer.Serialize(_model.Info with
        {
            Name = Shortened(_model.Info.Name),
            Settings = Shortened(_model.Info.Settings),
        }));
    }
}
