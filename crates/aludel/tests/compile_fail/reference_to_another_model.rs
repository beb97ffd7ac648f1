include!("models.inc");

fn main() {
    let user = |user: &User| NewPost { title: String::new(), views: 0, author: Ref::<Post>::default() };
    let _ = user;
}
