include!("models.inc");

#[derive(Polymorphic)]
enum Subject {
    Post(Post),
}

#[derive(Model)]
struct Remark {
    id: i64,
    #[field(embedded)]
    subject: SubjectRef,
}

fn main() {
    let _ = Remark::filter(Remark::subject.is_a::<User>());
}
